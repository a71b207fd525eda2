"""tap.py - what the Python tests share: numbered results in TAP, a home of one's own, the fairtrack command."""
import json, os, shutil, subprocess, sys, tempfile


class Tap:
    """Counts; `check(ok, name, why)` prints a line; `end()` prints the plan and exits."""

    def __init__(self):
        self.n = self.bad = 0
        self.top = tempfile.mkdtemp(prefix='fair-test-')

    def check(self, ok, name, why=''):
        self.n += 1
        self.bad += not ok
        print('%sok %d - %s' % ('' if ok else 'not ', self.n, name), flush=True)
        if not ok:
            for line in str(why).splitlines()[-30:]:
                print('# ' + line, flush=True)
        return ok

    def skip(self, name, why):
        self.n += 1
        print('ok %d - %s # SKIP %s' % (self.n, name, why), flush=True)

    def end(self):
        shutil.rmtree(self.top, ignore_errors=True)
        print('1..%d' % self.n)
        sys.exit(1 if self.bad else 0)


class Fairtrack:
    """The command with a home. `f('works', 'list')` gives (exit code, stdout, stderr), as bytes."""

    def __init__(self, path, home):
        self.path, self.home = os.path.abspath(path), home
        self.env = dict(os.environ, LC_ALL='C.UTF-8')

    def __call__(self, *args, stdin=b'', timeout=120, **more):
        p = subprocess.run([self.path, '--home', self.home, *args], env=self.env, input=stdin, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, timeout=timeout, **more)
        return p.returncode, p.stdout, p.stderr

    def json(self, *args, **more):
        code, out, err = self('--json', *args, **more)
        return [json.loads(l) for l in out.splitlines() if l]

    def look(self, hand_over, hit, picture, hours=0, found='there'):
        """A look at a use so many hours ago as a capture would have made it, sealed: what G5 believes.  The package's number."""
        p = subprocess.run([hand_over, '--look', str(hours), found, self.home, str(hit), picture], env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        if p.returncode:
            raise RuntimeError(p.stderr.decode())
        return int(p.stdout)

    def start(self, *args):
        return subprocess.Popen([self.path, '--home', self.home, *args], env=self.env, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def one_line(err):
    """Exactly one line of words, no stack trace."""
    return err.count(b'\n') == 1 and b'ERROR: AddressSanitizer' not in err
