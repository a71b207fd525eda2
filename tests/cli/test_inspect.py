#!/usr/bin/env python3
"""test_inspect.py FAIRTRACK: the inspect verbs for texts, by the command itself and through the confined page reader."""
import json, os, sys, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from tap import Tap, Fairtrack, one_line

t = Tap()
program = Fairtrack(sys.argv[1], t.top + '/no-home')


def inspect(*args, stdin=b''):
    """Without --home before the verb: nothing here needs one."""
    code, out, err = program('inspect', *args, stdin=stdin)
    return code, out, err


def lines(out):
    return [json.loads(l) for l in out.decode().splitlines()]


# ---- addresses
code, out, err = inspect('url', stdin=b'HTTP://Example.co.uk:80/%7Ea?utm_source=x#f\nhttp://0x7f.1/\nnot one\n')
got = lines(out)
t.check(code == 0 and len(got) == 3, 'every_address_has_a_line', (code, out, err))
t.check(got[0] == {'input': 'HTTP://Example.co.uk:80/%7Ea?utm_source=x#f', 'href': 'http://example.co.uk/%7Ea?utm_source=x#f',
                   'canonical': 'http://example.co.uk/~a', 'surt': 'uk,co,example)/~a?utm_source=x', 'registrable': 'example.co.uk'},
        'an_address_is_shown_with_its_keys', got[0])
t.check(got[1]['href'] == 'http://127.0.0.1/' and got[1]['registrable'] is None, 'an_address_in_disguise_is_shown', got[1])
t.check(set(got[2]) == {'input', 'error'}, 'what_is_no_address_has_an_error', got[2])
code, out, err = inspect('url', '--base', 'http://example.com/a/b', stdin=b'../c')
t.check(lines(out)[0]['href'] == 'http://example.com/c', 'a_base_is_used', out)
code, out, err = inspect('url', '--base', 'nonsense')
t.check(code == 2 and one_line(err), 'a_base_that_is_none_is_wrong_usage', (code, err))

# ---- robots.txt
robots = b'User-agent: fairtrack\nDisallow: /private\nAllow: /private/open\n'
for url, want in (('http://example.com/x', 0), ('http://example.com/private/x', 1), ('http://example.com/private/open', 0)):
    code, out, err = inspect('robots', '--agent', 'Fairtrack', '--url', url, stdin=robots)
    t.check(code == want, 'robots_answers_by_its_exit_code_for_%s' % url.rsplit('/', 1)[1], (code, err))
code, out, err = inspect('robots', '--agent', 'Fairtrack')
t.check(code == 2 and b'usage' in err, 'robots_wants_an_agent_and_an_address', (code, err))
os.makedirs(t.top + '/robots')
open(t.top + '/robots/a', 'wb').write(robots)
code, out, err = inspect('robots', '--batch', t.top + '/robots', stdin=b'#file\na\tFairtrack\thttp://example.com/private\na\tOther\thttp://example.com/private\tx\n')
t.check((code, out) == (0, b'#file\na\tFairtrack\thttp://example.com/private\t0\na\tOther\thttp://example.com/private\t1\n'), 'a_batch_prints_each_line_with_its_answer', (code, out, err))
code, out, err = inspect('robots', '--batch', t.top + '/robots', stdin=b'../a\tF\thttp://example.com/\nb\tF\thttp://example.com/\n')
t.check(code == 3 and err.count(b'\n') == 2 and out.count(b'\t-\n') == 2, 'files_that_are_not_there_or_not_inside_are_named', (code, out, err))

# ---- srcset
code, out, err = inspect('srcset', stdin=b'a.png 2x, b.png 0w')
t.check(json.loads(out) == [{'url': 'a.png', 'descriptor': '2x'}], 'srcset_drops_what_browsers_drop', out)
code, out, err = inspect('srcset', '--lenient', stdin=b'a.png 2x, b.png 0w')
t.check(json.loads(out)[1:] == [{'url': 'b.png', 'descriptor': '0w', 'invalid': True}], 'lenient_srcset_tells_what_was_dropped', out)
code, out, err = inspect('srcset', '--batch', stdin=b'{"id":7,"srcset":"a"}\nnonsense\n')
t.check(code == 3 and lines(out)[0] == {'id': 7, 'candidates': [{'url': 'a', 'descriptor': ''}]} and 'error' in lines(out)[1], 'a_bad_line_loses_no_other', (code, out))

# ---- pages, through the helper
code, out, err = inspect('images', '--base', 'http://example.com/p/', stdin=b'<title>x</title><img src=a.png alt="&copy; b"><p style="background:url(c.png)">')
t.check(code == 0 and [(l['url'], l['via'], l['tag'], l['attr'], l['value'], l['alt']) for l in lines(out)] ==
        [('http://example.com/p/a.png', 'img', 'img', 'src', 'a.png', '© b'), ('http://example.com/p/c.png', 'css', 'p', 'style', 'c.png', None)],
        'the_pictures_of_a_page_are_listed', (code, out, err))
for charset, raw, want in (('gb2312', b'\xd6\xd0', '%E4%B8%AD'), ('windows-1251', b'\xe6', '%D0%B6'), ('shift_jis', b'\x82\xa0', '%E3%81%82'), ('iso-8859-1', b'\xe9', '%C3%A9')):
    code, out, err = inspect('images', '--base', 'http://example.com/', stdin=b'<meta charset=' + charset.encode() + b'><img src=' + raw + b'.png>')
    t.check(code == 0 and lines(out)[0]['url'] == 'http://example.com/%s.png' % want, 'the_confined_reader_knows_%s' % charset, (code, out, err))
began = time.time()
code, out, err = inspect('images', '--base', 'http://example.com/', stdin=b'<div>' * 100000 + b'<img src=a.png>')
t.check(code == 0 and [l['url'] for l in lines(out)] == ['http://example.com/a.png'] and time.time() - began < 30, 'a_hundred_thousand_nested_blocks_do_not_matter', (code, err))
code, out, err = inspect('images', '--base', 'http://example.com/', stdin=b'<img src=a.png>' + b'<p>words of a page</p>\n' * 2300000)
t.check(code == 3 and len(lines(out)) == 1 and one_line(err), 'of_fifty_megabytes_the_beginning_is_read_and_that_is_said', (code, err))
code, out, err = inspect('images', '--batch', stdin=b'{"id":"a","base":"http://example.com/","html":"<img src=1>"}\n{"id":"b"}\n')
t.check(code == 3 and lines(out)[0]['images'][0]['url'] == 'http://example.com/1' and 'error' in lines(out)[1], 'pages_are_read_by_the_batch', (code, out))
code, out, err = inspect('images')
t.check(code == 2, 'images_wants_a_base', (code, err))

# ---- sitemaps and feeds
code, out, err = inspect('sitemap', stdin=b'<urlset><url><loc>http://example.com/a</loc><lastmod>2026-01-02</lastmod><image:image><image:loc>http://example.com/1.jpg</image:loc></image:image></url></urlset>')
t.check(lines(out) == [{'loc': 'http://example.com/a', 'lastmod': '2026-01-02', 'images': ['http://example.com/1.jpg']}], 'a_sitemap_gives_its_pages', out)
code, out, err = inspect('feed', stdin=b'<rss><channel><item><link>http://example.com/1</link><enclosure url="http://example.com/1.jpg" type="image/jpeg"/></item></channel></rss>')
t.check(lines(out) == [{'loc': 'http://example.com/1', 'lastmod': None, 'images': ['http://example.com/1.jpg']}], 'a_feed_gives_its_items', out)
code, out, err = inspect('feed', stdin=b'hello')
t.check(code == 4 and one_line(err), 'what_is_no_feed_is_said_in_one_line', (code, err))
t.check(not os.path.exists(t.top + '/no-home'), 'nothing_of_this_made_a_home')
t.end()
