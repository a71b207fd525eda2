#!/usr/bin/env python3
"""test_j7.py FAIRTRACK MAKE-PICTURES: journey J7: the recipient says that the law allows it; everything stops; the owner is silent for 30 days; the case lapses by itself."""
import os, re, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from world import DAY, World
from mara import MARA, Mara
from tom import Tom


def journey(w):
    mara, tom = Mara(w), Tom(w)
    work, hit, case = mara.from_use_to_case()
    mara.inquire(case)
    mail = tom.wait_for('the question', 'A question about a picture')
    tom.open_link(mail)
    w.check(not re.search(r'You have until', tom.page.text), 'his_time_has_not_begun_by_opening_it', tom.page.text)
    tom.answer('I have received the letter', {})
    w.wait('his time to answer runs', lambda: 'You have until the end of' in tom.again(), 60)
    w.say('Tom', 'sees on his page: "Time to answer: %s"' % re.search(r'Time to answer\s+(You have until[^.]*)', tom.page.text).group(1))

    # ---- he objects
    text = tom.answer('The law allows this use', {'Parody': True, 'What do you want to say?': 'I quote the picture to make fun of lantern photographs; see the text beside it.'})
    w.check('Every period has stopped' in text, 'every_period_stops_at_once', text)
    w.wait('the answer comes home', lambda: mara.state(case) == 'DISPUTED', 60)
    w.wait('his page says so', lambda: 'It stands still since' in tom.again(), 60)
    w.say('-', 'the case is at DISPUTED; his page says: "%s"' % re.search(r'Time to answer\s+(.*)', tom.page.text).group(1))
    model = mara.api('/cases/' + case)
    w.check(not model.get('deadline'), 'no_deadline_runs_against_him', model.get('deadline'))
    dispute = model['disputes'][0]
    w.check(dispute['ground'] == 'exception' and 'make fun' in dispute['words'], 'his_reasons_stand_in_his_words', dispute)

    receipt = tom.wait_for('the receipt', 'You say that your use needs no permission')
    w.check('weigh it' in ' '.join(tom.parts(receipt)[0].split()), 'a_receipt_tells_him_what_happens_now', tom.parts(receipt)[0])

    # ---- no claim leaves meanwhile, whatever she tries
    sent = len(tom.letters())
    notice = mara.draft(case, 'reminder')
    mara.approve(notice)
    mara.at('/notices/' + notice)
    w.check(not mara.page.has('Send the reminder') and 'It does not leave' in mara.page.text, 'the_page_does_not_let_a_reminder_leave', mara.page.text[-1500:])
    w.say('Mara', 'would like to send a reminder; the page says: "%s"' % ' '.join(re.search(r'It does not leave[^\n]*\n+([^\n]*)', mara.page.text).group(0).split()))
    for move in ('remind', 'resend', 'offer'):
        code, out, err = w.verb(MARA, 'cases', 'move', '--notice', notice, case, move)
        w.check(code != 0, 'no_%s_leaves_by_the_verb_either' % move, (code, out, err))
    for days, words in ((14, 'the owner says nothing'), (15, 'still nothing')):
        w.sign_in(mara.page, w.later(days, words))
        w.check(mara.state(case) == 'DISPUTED', 'after_%d_days_it_is_still_disputed' % days, mara.page.text)
        w.check('It stands still since' in tom.again(), 'and_his_page_still_says_that_time_stands_still', tom.page.text)
    w.check(len(tom.letters()) == sent, 'no_letter_reached_him_meanwhile', [m['Subject'] for m in tom.letters()])

    # ---- silence is an answer, in his favour
    w.sign_in(mara.page, w.later(1.2, 'thirty days of silence are over'))
    w.wait('the case lapses by itself', lambda: mara.state(case) == 'CLOSED_LAPSED', 60)
    events = mara.api('/cases/' + case)['events']
    lapse = [e for e in events if e['move'] == 'lapse']
    w.check(len(lapse) == 1 and lapse[0]['actor'] == 'SYS' and lapse[0]['automatic'], 'time_alone_closed_it', events[-2:])
    w.say('-', 'the case is at CLOSED_LAPSED, by time alone')
    last = tom.wait_for('the closing letter', 'Closed: the owner did not go on in time')
    plain, html = tom.parts(last)
    plain = ' '.join(plain.split())
    w.check('did not answer you within 30 days' in plain and 'in your favour' in plain, 'the_closing_letter_says_why', plain)
    w.check(len(tom.letters()) == sent + 1, 'it_is_the_only_letter_since_his_objection', [m['Subject'] for m in tom.letters()])
    w.say('Tom', 'reads: "%s"' % re.search(r'You answered us.*?trouble\.', plain).group(0))
    page = tom.again()
    w.check('This matter is closed' in page, 'his_page_says_that_it_is_closed', page)
    code, out, err = w.f('doctor')
    w.check(b'the chains unbroken' in out, 'the_chains_hold', out)


World('J7: the law allows it; the owner is silent', *sys.argv[1:3]).walk(journey)
