#!/usr/bin/env python3
"""test_home.py FAIRTRACK MAKE-PICTURES: backup and restore, reindex, the doctor, accounts, export, RAW beside JPEG."""
import json, os, shutil, sqlite3, subprocess, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from tap import Tap, Fairtrack, one_line

t = Tap()
f = Fairtrack(sys.argv[1], t.top + '/home')
photos = t.top + '/photos'
subprocess.run([sys.argv[2], photos, '5', '41', '400'], check=True)
shutil.copy(photos + '/made-41-000000.jpg', t.top + '/found.jpg')
with open(photos + '/made-41-000001.nef', 'wb') as o:
    o.write(b'II*\0' + os.urandom(5000))
f('init', '--name', 'Test pictures', '--email', 'owner@example.com')
code, out, err = f('works', 'add', '--collection', 'five', photos)
t.check(code == 0 and b'5 new' in err and b'1 RAW' in err, 'a_raw_beside_a_jpeg_becomes_its_original', (code, err))
code, out, err = f('works', 'add', photos)
t.check(code == 0 and b'0 new, 6 known' in err, 'adding_again_finds_all_known', (code, err))
os.makedirs(t.top + '/near')
for i in range(3):
    subprocess.run(['convert', photos + '/made-41-00000%d.jpg' % i, '-resize', '70%', '-quality', '60', t.top + '/near/small-%d.jpg' % i], check=True)
near = Fairtrack(sys.argv[1], t.top + '/nearhome')
near('init')
near('works', 'add', photos)
code, out, err = near('works', 'add', t.top + '/near')
t.check(code == 0 and b'3 near duplicates' in err and out.count(b'looks like work') == 3, 'near_duplicates_are_named', (code, out, err))
f('scan', t.top + '/found.jpg')
hit = f.json('hits', 'list')[0]
f('hits', 'decide', '--as', 'ignore', '--reason', 'licensed', '--scope', 'work+domain', '--note', 'invoice 7', str(hit['hit']))
t.check(f.json('hits', 'show', str(hit['hit']))[0]['decisions'][0]['reason'] == 'licensed', 'a_decision_is_kept_with_its_reason')
t.check(hit['hit'] not in [h['hit'] for h in f.json('hits', 'list')] and hit['hit'] in [h['hit'] for h in f.json('hits', 'list', '--state', 'all')]
        and [h['hit'] for h in f.json('hits', 'list', '--state', 'ignored')] == [hit['hit']], 'the_list_is_what_waits_unless_all_is_asked_for')
code, out, err = f('hits', 'list', '--state', 'inbx')
t.check(code == 2 and out == b'', 'a_state_that_is_none_is_wrong_usage', (code, out, err))
code, out, err = f('hits', 'decide', '--as', 'ignore', '--reason', 'because', str(hit['hit']))
t.check(code == 2, 'an_unknown_reason_is_wrong_usage', (code, err))
t.check(len(f.json('hits', 'reasons')) == 17, 'there_are_17_reasons')

# ---- backup and restore
backup, again = t.top + '/backup', Fairtrack(sys.argv[1], t.top + '/again')
code, out, err = f('backup', backup)
t.check(code == 0, 'a_backup_is_written', (code, err))
code, out, err = f('backup', backup)
t.check(code == 4 and one_line(err) and b'backup already' in err, 'a_backup_is_never_written_over', (code, err))
code, out, err = again('restore', backup)
t.check(code == 0 and b'every digest checked' in out, 'a_home_is_made_from_it', (code, out, err))
for verb in (['works', 'list'], ['hits', 'list', '--state', 'all'], ['rules', 'list'], ['users', 'list']):
    t.check(f.json(*verb) == again.json(*verb), 'the_restored_home_has_the_same_%s' % verb[0], (f.json(*verb), again.json(*verb)))
t.check(not [c for c in again.json('doctor', '--deep') if c['state'] == 'BAD'], 'the_doctor_finds_the_restored_home_sound', again.json('doctor', '--deep'))
code, out, err = again('lookup', '--format', 'tsv', t.top + '/found.jpg')
t.check(b'\tmatch\t' in out, 'the_restored_home_recognises', (code, out, err))
code, out, err = again('restore', backup)
t.check(code == 4 and one_line(err), 'a_home_is_never_restored_over', (code, err))

spoiled = t.top + '/spoiled'
shutil.copytree(backup, spoiled)
blobs = sorted(os.path.join(d, n) for d, _, names in os.walk(spoiled + '/vault') for n in names)
with open(blobs[0], 'r+b') as o:
    o.seek(10)
    byte = o.read(1)
    o.seek(10)
    o.write(bytes([byte[0] ^ 1]))
third = Fairtrack(sys.argv[1], t.top + '/third')
code, out, err = third('restore', spoiled)
t.check(code == 4 and one_line(err) and not os.path.exists(t.top + '/third/db'), 'a_spoiled_backup_is_refused_and_leaves_no_home', (code, err))
shutil.rmtree(spoiled)
shutil.copytree(backup, spoiled)
with open(spoiled + '/MANIFEST') as o:
    lines = o.read().splitlines()
with open(spoiled + '/MANIFEST', 'w') as o:
    o.write('\n'.join([lines[0].replace('  db', '  ../../escaped')] + lines[1:]) + '\n')
code, out, err = Fairtrack(sys.argv[1], t.top + '/fourth')('restore', spoiled)
t.check(code == 4 and not os.path.exists(t.top + '/escaped'), 'a_manifest_cannot_name_files_outside', (code, err))

# ---- a spoiled blob is noticed
blob = sorted(os.path.join(d, n) for d, _, names in os.walk(t.top + '/again/vault') for n in names)[0]
os.chmod(blob, 0o600)
with open(blob, 'ab') as o:
    o.write(b'x')
code, out, err = again('doctor', '--deep')
t.check(code == 1 and b'BAD' in out, 'the_doctor_notices_a_spoiled_blob', (code, out))

# ---- index, export, accounts, settings
shutil.rmtree(t.top + '/home/index')
code, out, err = f('lookup', '--format', 'tsv', t.top + '/found.jpg')
t.check(code == 0 and b'\tmatch\t' in out, 'a_home_without_its_index_still_recognises', (code, out, err))
code, out, err = f('reindex')
t.check(code == 0 and b'5 works' in out, 'the_index_is_built_anew', (code, out, err))
code, out, err = f('reindex', '--retake')
t.check(code == 0 and b'5 works' in out and b'\tmatch\t' in f('lookup', '--format', 'tsv', t.top + '/found.jpg')[1], 'fingerprints_are_taken_anew_from_the_originals', (code, out, err))
code, out, err = f('works', 'export', t.top + '/out')
t.check(code == 0 and len(os.listdir(t.top + '/out')) == 7, 'works_and_raws_are_exported_with_a_list', (code, err, os.listdir(t.top + '/out')))
os.makedirs(t.top + '/left')
subprocess.run(['convert', '-size', '300x200', 'gradient:red-blue', '-swirl', '200', t.top + '/left/here.jpg'], check=True)
f('works', 'add', '--reference', 'left', cwd=t.top)
left = f.json('works', 'list', '--search', 'here.jpg')[0]
code, out, err = f('works', 'export', t.top + '/out2', cwd='/')
t.check(code == 0 and os.path.exists(t.top + '/out2/%d.jpeg' % left['work']), 'an_original_that_was_left_where_it_is_is_found_from_any_folder', (code, err, left))
with open(t.top + '/left/here.jpg', 'ab') as o:
    o.write(b'x')
code, out, err = f('works', 'export', t.top + '/out3')
t.check(code == 3 and err.count(b'\n') == 2 and b'changed since it was registered' in err, 'one_that_changed_is_told', (code, err))
f('works', 'remove', str(left['work']))
work = [w for w in f.json('works', 'list') if w['work'] != hit['work']][0]['work']
f('works', 'remove', str(work))
t.check(len(f.json('works', 'list')) == 4, 'a_work_is_removed')
f('watch', 'add', 'https://news.example.com/')
with sqlite3.connect(t.top + '/home/db') as db:
    db.execute("UPDATE watch SET failures = 2, error = 'robots.txt answers 503', next_us = 1")
said = [c['words'] for c in f.json('doctor') if c['what'] in ('watch', 'watches')]
t.check(len(said) == 2 and 'failed 2 times in a row: robots.txt answers 503' in said[0] and 'more than an hour late' in said[1], 'the_doctor_tells_of_watches_that_fail_or_wait', said)
t.check(not [c for c in f.json('doctor') if c['state'] == 'BAD'], 'and_the_home_stays_sound', f.json('doctor'))
code, out, err = f('users', 'add', '--email', 'case@example.com', '--role', 'caseworker')
t.check(code == 0 and b'/in/' in out, 'an_account_is_added_with_a_link', (code, out, err))
code, out, err = f('users', 'add', '--email', 'case@example.com')
t.check(code == 1 and one_line(err), 'an_address_has_one_account', (code, err))
code, out, err = f('users', 'password', '--email', 'case@example.com')
t.check(code == 0 and b'/in/' in out, 'a_password_is_reset_by_a_link', (code, out, err))
code, out, err = f('users', 'totp', '--email', 'case@example.com')
t.check(code == 0 and out == b'off\n', 'a_second_factor_is_told_of', (code, out, err))
code, out, err = f('users', 'totp', '--email', 'case@example.com', '--off')
t.check(code == 1 and one_line(err) and b'no second factor' in err, 'and_is_not_switched_off_where_there_is_none', (code, err))
code, out, err = f('users', 'sessions', '--email', 'case@example.com', '--end', '77')
t.check(code == 1 and one_line(err), 'a_session_that_is_not_there_is_exit_1', (code, err))
f('users', 'add', '--email', 'audit@example.com', '--role', 'auditor')
code, out, err = f('--as', 'audit@example.com', 'hits', 'list')
t.check(code == 0, 'an_auditor_may_look', (code, err))
code, out, err = f('works', 'remove', '--as', 'audit@example.com', str(hit['work']))
t.check(code == 4 and one_line(err) and b'audit@example.com is auditor here' in err, 'and_may_change_nothing', (code, err))
code, out, err = f('--as', 'nobody@example.com', 'hits', 'list')
t.check(code == 4 and one_line(err) and b'no account has that address' in err, 'an_unknown_account_cannot_act', (code, err))
f('--as', 'case@example.com', 'hits', 'decide', '--as', 'reopen', str(hit['hit']))
t.check(f.json('hits', 'show', str(hit['hit']))[0]['decisions'][-1]['as'] == 'reopen', 'an_account_before_the_verb_leaves_its_own_option_alone')
code, out, err = f('users', 'disable', '--email', 'case@example.com')
t.check(code == 0 and [u for u in f.json('users', 'list') if u['email'] == 'case@example.com'][0]['disabled'], 'an_account_is_closed', (code, err))
code, out, err = f('hits', 'export', '--format', 'csv')
t.check(code == 0 and out.startswith(b'') and out.count(b'\r\n') >= 2, 'hits_are_exported_as_csv', out)
code, out, err = f('hits', 'export', '--format', 'html')
t.check(code == 0 and b'<script' not in out and b'data:image/jpeg' in out, 'hits_are_exported_as_a_report_with_its_pictures', out[:200])
with open(t.top + '/home/fairtrack.conf', 'a') as o:
    o.write('[crawl]\nmax_page = 3\n')
code, out, err = f('works', 'list')
t.check(code == 4 and one_line(err) and b'did you mean crawl.max_pages' in err, 'a_misspelt_setting_is_told_with_the_right_one', (code, err))
t.end()
