#!/usr/bin/env python3
"""test_letters.py FAIRTRACK SOURCE: the letters verbs, by the command itself; a pack of one's own checked and spoiled."""
import json, os, shutil, subprocess, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from tap import Tap, Fairtrack, one_line

t = Tap()
f = Fairtrack(sys.argv[1], t.top + '/no-home')
share = t.top + '/share'
for part in ('letters', 'packs'):
    shutil.copytree(sys.argv[2] + '/share/' + part, share + '/' + part)

got = f.json('letters', 'list')
t.check(len(got) == 476 and all(x['reviewed_by'] == 'none' and not x['names_money'] for x in got), 'every_letter_is_listed_and_none_is_said_to_be_reviewed', len(got))
t.check({x['law'] for x in got} == {'XX', 'DE', 'UK', 'US', 'EU', 'IT'}, 'the_laws_are_those_of_the_packs')
t.check(all(x['days'] >= 14 for x in got if x['kind'] == 'claim') and all(x['days'] == 0 for x in got if x['kind'] != 'claim'), 'who_asks_gives_at_least_14_days')
code, out, err = f('letters', 'list', '--law', 'UK', '--language', 'en')
t.check(code == 0 and len(out.splitlines()) == 34, 'one_law_is_listed_alone', out[:300])

code, out, err = f('letters', 'pack', 'DE')
t.check(code == 0 and b'element\tde.97a.2.1\tdemand\t' in out and b'97a(2) UrhG' in out, 'a_pack_shows_its_elements_with_their_sources', out[:300])
code, out, err = f('letters', 'pack', 'ZZ')
t.check(code == 1 and one_line(err), 'a_pack_that_is_not_there_is_a_no', (code, err))

code, out, err = f('letters', 'check')
t.check(code == 0 and out == b'', 'the_letters_built_in_have_no_fault', out[:300])
code, out, err = f('letters', 'check', share)
t.check(code == 0 and out == b'', 'the_letters_of_the_sources_have_no_fault', (code, out[:300], err))
built = {(x['law'], x['step'], x['language']): x['sha256'] for x in got}
t.check(built == {(x['law'], x['step'], x['language']): x['sha256'] for x in f.json('letters', 'list', '--share', share)}, 'those_built_in_are_those_of_the_sources')

os.remove(share + '/letters/UK/reminder.en.letter')
with open(share + '/letters/common/who.fr.part', 'a') as o:
    o.write('\nPayez 300 euros.\n')
with open(share + '/letters/DE/inquiry.de.letter', 'a') as o:
    o.write('\n{{no.such.field}}\n')
code, out, err = f('letters', 'check', share)
t.check(code == 1 and b'pack UK: no letter reminder in language en' in out and b'money: ' in out and b'unknown field "no.such.field"' in out,
        'a_missing_letter_money_and_an_unknown_field_are_told', (code, out[:600]))
code, out, err = f('letters', 'list', '--share', share)
t.check(code == 4 and one_line(err), 'a_set_with_a_fault_is_not_used', (code, err))
code, out, err = f('letters', 'check', t.top + '/nowhere')
t.check(code == 4 and one_line(err), 'a_folder_that_is_not_there_is_told', (code, err))

facts = {'letter.id': 'N-1', 'letter.date': '2026-11-26', 'letter.verify_url': 'https://notices.example.com/v/N-1', 'sender.name': 'Nord Agency',
         'sender.email': 'post@example.com', 'recipient.name': 'Tom Beispiel', 're.id': 'N-0', 'answer.received': '2026-11-25', 'close.date': '2026-11-26',
         'retention.months': '36'}


def lines(d):
    return ''.join('%s\t%s\n' % x for x in d.items()).encode()


code, out, err = f('letters', 'preview', 'DE', 'close-wrong', 'de', stdin=lines(facts))
t.check(code == 0 and 'bitten wir Sie um Entschuldigung'.encode() in out.replace(b' \n', b' '), 'an_apology_is_previewed_as_text', (code, out[:400], err))
forms = {}
for form in ('text', 'html', 'portal', 'pdf', 'inputs'):
    one = f('letters', 'preview', '--format', form, 'DE', 'close-wrong', 'de', stdin=lines(facts))
    two = f('letters', 'preview', '--format', form, 'DE', 'close-wrong', 'de', stdin=lines(facts))
    forms[form] = one[1]
    t.check(one[0] == 0 and one[1] == two[1] and one[1], 'the_same_facts_give_the_same_' + form, (one[0], one[2]))
t.check(forms['pdf'].startswith(b'%PDF-1.') and b'<html lang="de"' in forms['html'] and any('p' in b for b in json.loads(forms['portal'])), 'each_form_is_what_it_says')
code, out, err = f('letters', 'preview', 'DE', 'close-wrong', 'de', stdin=lines({k: v for k, v in facts.items() if k != 'recipient.name'}))
t.check(code == 1 and b'recipient.name' in err and out == b'', 'a_missing_fact_is_named_and_nothing_is_written', (code, err))
code, out, err = f('letters', 'preview', 'DE', 'close-wrong', 'de', stdin=lines(dict(facts, **{'close.reason': 'Pay 500 EUR.'})))
t.check(code == 1 and b'close.reason' in err and out == b'', 'a_sum_in_a_fact_is_refused', (code, err))
code, out, err = f('letters', 'preview', 'DE', 'close-wrong', 'de', stdin=b'nonsense\n')
t.check(code == 4 and b'line 1' in err, 'a_line_that_is_no_fact_is_told', (code, err))
code, out, err = f('letters', 'preview', 'DE', 'close-wrong', 'pl', stdin=lines(facts))
t.check(code == 1 and one_line(err), 'a_letter_that_is_not_there_is_a_no', (code, err))
code, out, err = f('letters', 'preview', '--format', 'doc', 'DE', 'close-wrong', 'de', stdin=lines(facts))
t.check(code == 2, 'a_format_that_is_none_is_wrong_usage', code)
t.end()
