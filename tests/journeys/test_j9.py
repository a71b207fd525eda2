#!/usr/bin/env python3
"""test_j9.py FAIRTRACK MAKE-PICTURES: journey J9, a picture under Creative Commons without its credit: asked for, added, seen three times over seven
days, closed.  No money anywhere."""
import os, re, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from world import DAY, World
from mara import MARA, Mara
from tom import MONEY, Tom


def journey(w):
    mara, tom = Mara(w), Tom(w)
    work, hit, case = mara.from_use_to_case('Photo: unknown', **{'Ever under Creative Commons?': 'yes'})
    mara.inquire(case, 'inquiry-cc', {'Creative Commons licence': 'CC BY 4.0', 'Its address': 'https://creativecommons.org/licenses/by/4.0/', 'The credit as it should read': 'Mara Example, CC BY 4.0'})
    mail = tom.wait_for('the question', 'Please add a credit')
    plain, html = tom.parts(mail)
    w.check('CC BY 4.0' in plain and 'credit' in plain, 'the_letter_asks_for_the_credit', plain)
    tom.open_link(mail)
    tom.answer('I have removed the picture, or added the credit', {'The credit is added': True})
    w.wait('the answer comes home', lambda: mara.state(case) == 'CURE', 60)
    w.say('-', 'the case is at CURE: every period stands still while it is looked')
    w.blog.put('', 'Evenings', '<figure><img src="/p/a.jpg" alt="A lantern" width="420"><figcaption>Photo: Mara Example, CC BY 4.0</figcaption></figure>')

    def looks():
        return [c for c in w.rows(MARA, 'evidence', 'looks', hit) if c['look'] == 'cure']

    w.wait('the first look', lambda: len(looks()) == 1)
    for n in (2, 3):
        w.sign_in(mara.page, w.later(3.6, 'her computer was off; the page is looked at again'))
        w.wait('look number %d' % n, lambda: len(looks()) == n)
        w.say('-', 'look %d: %s, beside it stands "%s"' % (n, looks()[-1]['found'], looks()[-1]['credit']))
    w.wait('the case closes by itself', lambda: mara.state(case) == 'CLOSED_CREDITED', 60)
    w.say('-', 'the case says "%s": %s' % (mara.pill(case), re.search(r'The page was looked at again.*', mara.page.text).group(0)))
    seen = looks()
    w.check(len(seen) == 3 and all('Mara Example' in (c['credit'] or '') for c in seen[1:]), 'three_looks_found_the_credit', seen)
    last = tom.wait_for('the closing letter', 'Closed: the credit is there')
    plain = ' '.join(tom.parts(last)[0].split())
    w.check('You may go on using it so' in plain, 'the_closing_letter_thanks_him', plain)
    w.say('Tom', 'reads: "%s"' % re.search(r'The credit now stands.*?so\.', plain).group(0))
    w.check('This matter is closed' in tom.again(), 'his_page_says_that_it_is_closed', tom.page.text)

    # ---- no money, anywhere
    told = [' '.join(tom.parts(m)) for m in tom.letters()] + [tom.sentences()]
    w.check(not any(MONEY.search(re.sub(r'<[^>]+>', ' ', x)) for x in told), 'no_letter_and_no_page_speaks_of_money', [MONEY.findall(x) for x in told])
    sums = w.look('SELECT sum_minor, currency FROM notice')
    events = w.look('SELECT sum_minor FROM case_event')
    w.check(all(s in (0, None) and c is None for s, c in sums) and all(s in (0, None) for (s,) in events), 'no_sum_stands_in_any_row', (sums, events))
    w.say('-', 'money in %d letters, on his page, in the rows: none' % len(tom.letters()))
    code, out, err = w.f('doctor')
    w.check(b'the chains unbroken' in out, 'the_chains_hold', out)


World('J9: a picture under Creative Commons without its credit', *sys.argv[1:3]).walk(journey)
