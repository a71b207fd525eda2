"""servers.py - mail servers on loopback for the tests: Debian's dovecot keeps the mailboxes, aiosmtpd takes mails in and lays them there."""
import grp, imaplib, os, pwd, shutil, smtplib, socket, subprocess, sys, time

DOVECOT = shutil.which("dovecot", path="/usr/sbin:/usr/bin")


def debian_python():
    """Debian's aiosmtpd belongs to Debian's Python, which need not be the first in PATH: goes on there where it is missing here."""
    try:
        import aiosmtpd.controller  # noqa: F401
        return True
    except ImportError:
        if os.path.exists("/usr/bin/python3") and not os.environ.get("FAIR_DEBIAN_PYTHON"):
            os.execve("/usr/bin/python3", ["/usr/bin/python3"] + sys.argv, dict(os.environ, FAIR_DEBIAN_PYTHON="1"))
    return False


def dovecot_missing():
    """Why no dovecot can run here; None if one can."""
    return "no dovecot here" if DOVECOT is None else None


def whose():
    """As whom dovecot runs: as root it gives that up for nobody, else it is whoever we are."""
    if os.geteuid() == 0:
        return "nobody", "nogroup"
    return pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name


def give(path):
    if os.geteuid() == 0:
        shutil.chown(path, *whose())


def free_port():
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    port = s.getsockname()[1]
    s.close()
    return port


class Dovecot:
    """Mailboxes of anybody whose password is "secret", under top/mail/USER."""

    def __init__(self, top):
        os.chmod(top, 0o755)
        self.top, self.port, self.n = top, free_port(), 0
        os.makedirs(os.path.join(top, "mail"))
        give(os.path.join(top, "mail"))
        conf = os.path.join(top, "dovecot.conf")
        with open(conf, "w") as f:
            f.write("""protocols = imap
listen = 127.0.0.1
base_dir = %(top)s/run
state_dir = %(top)s/state
log_path = %(top)s/dovecot.log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:%(top)s/mail/%%u/Maildir
first_valid_uid = 1
first_valid_gid = 1
default_login_user = %(user)s
default_internal_user = %(user)s
default_internal_group = %(group)s
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=%(user)s gid=%(group)s home=%(top)s/mail/%%u
}
service imap-login {
  chroot =
  inet_listener imap {
    port = %(port)d
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
""" % {"top": top, "port": self.port, "user": whose()[0], "group": whose()[1]})
        self.process = subprocess.Popen([DOVECOT, "-F", "-c", conf], stdout=subprocess.DEVNULL, stderr=open(os.path.join(top, "dovecot.err"), "wb"))
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                break
            except OSError:
                time.sleep(0.1)

    def deliver(self, user, body):
        """Lays a mail, lines ended by CR LF, into the mailbox of `user`."""
        box = os.path.join(self.top, "mail", user)
        for d in ("Maildir/cur", "Maildir/new", "Maildir/tmp"):
            if not os.path.isdir(os.path.join(box, d)):
                os.makedirs(os.path.join(box, d))
                for made in (box, os.path.join(box, "Maildir"), os.path.join(box, d)):
                    give(made)
        self.n += 1
        name = "%d.m%d.test" % (time.time(), self.n)
        with open(os.path.join(box, "Maildir", "tmp", name), "wb") as f:
            f.write(body)
        give(os.path.join(box, "Maildir", "tmp", name))
        os.rename(os.path.join(box, "Maildir", "tmp", name), os.path.join(box, "Maildir", "new", name))

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Smtp:
    """A mail server that hands what it takes to `take(sender, recipient, bytes)`."""

    def __init__(self, take):
        from aiosmtpd.controller import Controller
        smtp = self

        class Handler:
            async def handle_DATA(self, server, session, envelope):
                for to in envelope.rcpt_tos:
                    smtp.taken.append((envelope.mail_from, to, envelope.original_content))
                    take(envelope.mail_from, to, envelope.original_content)
                return "250 taken"

        self.taken, self.port = [], free_port()
        self.controller = Controller(Handler(), hostname="127.0.0.1", port=self.port, ready_timeout=60)
        self.controller.start()

    def stop(self):
        self.controller.stop()


class MailClient:
    """A person's mail program: looks into their mailbox by IMAP, writes by SMTP."""

    def __init__(self, imap_port, smtp_port, user, address):
        self.imap_port, self.smtp_port, self.user, self.address = imap_port, smtp_port, user, address

    def inbox(self):
        """Every mail of the mailbox, the oldest first, as email.message.EmailMessage."""
        import email, email.policy
        with imaplib.IMAP4("127.0.0.1", self.imap_port) as box:
            box.login(self.user, "secret")
            if box.select("INBOX", readonly=True)[0] != "OK":
                return []
            numbers = box.search(None, "ALL")[1][0].split()
            return [email.message_from_bytes(box.fetch(n, "(BODY.PEEK[])")[1][0][1], policy=email.policy.default) for n in numbers]

    def write(self, message):
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=30) as s:
            s.send_message(message)
