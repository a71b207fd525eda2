#!/usr/bin/env python3
"""test_j5.py FAIRTRACK MAKE-PICTURES: journey J5: a friendly question, a licence shown by the recipient, an apology, and never again.  No money anywhere."""
import os, re, subprocess, sys, urllib.request
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from world import DAY, World
from mara import MARA, Mara
from tom import MONEY, SUM, Tom


def no_money(w, name, text):
    """Neither a sum nor the name of a currency: what an inquiry may not even hint at."""
    found = MONEY.findall(text) + SUM.findall(text)
    w.check(len(text) > 200 and not found, 'no_money_in_' + name, (found, [text[max(0, m.start() - 60):m.end() + 40] for m in list(MONEY.finditer(text))[:3]]))
    return not found


def journey(w):
    mara, tom = Mara(w), Tom(w)
    work, hit, case = mara.from_use_to_case()
    mara.inquire(case)

    # ---- Tom gets it
    mail = tom.wait_for('the question', 'A question about a picture')
    plain, html = tom.parts(mail)
    w.check(mail['To'].addresses[0].addr_spec == 'tom@example.net' and 'question' in mail['Subject'].lower(), 'it_says_that_it_is_a_question', mail.as_string()[:600])
    w.check('no sum' in plain and 'You have 21 days' in plain and 'by Mara Example' in plain and w.blog.url in plain, 'it_says_who_asks_what_and_how_long', plain)
    tom.open_link(mail)
    pdf = w.top + '/letter.pdf'
    with open(pdf, 'wb') as o:
        o.write(urllib.request.urlopen(tom.page.js("[...document.querySelectorAll('a')].find(a => a.href.endsWith('.pdf')).href"), timeout=30).read())
    printed = subprocess.run(['pdftotext', '-layout', pdf, '-'], stdout=subprocess.PIPE, check=True).stdout.decode()
    w.check('Mara Example' in printed, 'the_letter_is_there_as_pdf', printed[:400])
    ok = [no_money(w, name, text) for name, text in (('the_mail', plain), ('its_html', re.sub(r'<[^>]+>', ' ', html)), ('the_pdf', printed), ('the_portal_page', tom.sentences()))]
    w.say('-', 'money in the mail, its HTML, the PDF, the portal page: %s' % ('none' if all(ok) else 'FOUND'))
    code = mail['Subject'].split('(')[1].rstrip(')')
    tom.page.follow('check that it is real')
    w.check('Yes: a letter with this number was issued from here' in tom.page.text, 'anybody_can_check_that_it_is_real', tom.page.text)
    w.say('Tom', 'checks number %s: "%s"' % (code, re.search(r'Yes: .*', tom.page.text).group(0)))

    # ---- and shows his licence
    invoice = w.top + '/invoice-A17.pdf'
    with open(invoice, 'wb') as o:
        o.write(b'%PDF-1.4 invoice A-17 for the picture "lantern", Lantern Stock of Exampletown')
    text = tom.answer('I have a licence or permission', {'Where you got it': 'Lantern Stock of Exampletown', 'Order or invoice number': 'A-17', 'What do you want to say?': 'Bought for my blog in 2025.', 'Files, if you have any': [invoice]})
    w.check('Every period has stopped' in text, 'every_period_stops_at_once', text)
    w.wait('the answer comes home', lambda: mara.state(case) == 'DISPUTED', 60)
    w.say('-', 'the case is at DISPUTED: no clock runs against him')
    receipt = tom.wait_for('the receipt', 'We look at your licence')
    no_money(w, 'the_receipt', ''.join(tom.parts(receipt)))
    said = mara.reads_answer(case)
    w.check('Lantern Stock of Exampletown' in said and 'A-17' in said and 'invoice-A17.pdf' in said, 'Mara_reads_his_words_and_finds_his_invoice', said)
    kept = mara.page.js("1") and w.rows(MARA, 'answers', 'list', '--case', case)[0]['answer']
    saved = w.top + '/saved'
    os.mkdir(saved)
    mara.verb('answers', 'show', '--save', saved, str(kept))
    w.check(any(open(os.path.join(saved, f), 'rb').read().startswith(b'%PDF-1.4 invoice A-17') for f in os.listdir(saved)), 'byte_for_byte_as_he_sent_it', os.listdir(saved))

    # ---- she closes it
    mara.close(case, 'Close: there is a licence', 'You bought it at Lantern Stock. Please excuse the question.')
    w.need(mara.state(case) == 'CLOSED_LICENSED_BEFORE', 'the_case_is_closed_as_licensed_before', mara.case(case))
    w.say('-', 'the case says "%s"' % mara.pill(case))
    last = tom.wait_for('the closing letter', 'Closed: you have a licence')
    plain, html = tom.parts(last)
    w.check('We are sorry that you had the trouble' in ' '.join(plain.split()) and 'Please excuse the question' in ' '.join(plain.split()), 'the_closing_letter_apologises_and_says_why', plain)
    w.check(re.search(r'not ask|never|no case', plain, re.I), 'it_says_that_he_is_not_asked_again', plain)
    no_money(w, 'the_closing_letter', plain + html)
    w.say('Tom', 'reads: "%s"' % re.search(r'Your use was licensed.*?trouble\.', ' '.join(plain.split())).group(0))
    page = tom.again()
    w.check('This matter is closed' in page and '/answer/licence' not in tom.page.html and '/answer/never' in tom.page.html, 'his_page_says_that_it_is_closed_and_asks_nothing', page)

    # ---- never again
    for i in range(100):
        w.blog.put('again-%d' % i, 'Evening number %d' % i, '<figure><img src="/p/a.jpg" alt="A lantern" width="%d"></figure><p>Words of evening %d.</p>' % (200 + i, i))
    w.blog.put('', 'Evenings', '<figure><img src="/p/a.jpg" alt="A lantern" width="420"></figure>' + ''.join('<a href="/again-%d">%d</a> ' % (i, i) for i in range(100)))
    cases = len(w.rows(MARA, 'cases', 'list'))
    mara.scan('/')
    found = [str(h['hit']) for h in w.rows(MARA, 'hits', 'list', '--state', 'all', '--limit', '1000') if str(h['hit']) != hit]
    inbox = mara.hits()
    w.say('-', 'a new scan found the same use on %d more pages; %d of them came to the inbox' % (len(found), len(inbox)))
    w.check(len(found) == 100, 'a_hundred_new_uses_are_seen', len(found))
    w.check(inbox == [], 'none_of_them_comes_to_the_inbox', inbox)
    mara.verb('hits', 'decide', '--as', 'pursue', *found)
    code, out, err = mara.verb('cases', 'open', *found)
    refused = err.count('was closed for good')
    w.say('-', 'she tries to open a case for each all the same: %d of %d are refused' % (refused, len(found)))
    w.check(code == 1 and refused == 100 and len(w.rows(MARA, 'cases', 'list')) == cases, 'never_again_holds_for_100_of_100', (code, refused, out[:200], err[:400]))
    code, out, err = w.f('doctor')
    w.check(b'the chains unbroken' in out, 'the_chains_hold', out)


World('J5: a question, a licence, an apology', *sys.argv[1:3]).walk(journey)
