#!/usr/bin/env python3
"""test_j3.py FAIRTRACK MAKE-PICTURES: journey J3, the proof of ownership: what lifts the level, what does not, and what a second claimant blocks."""
import json, os, re, shutil, struct, subprocess, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from world import World
from mara import MARA, Mara

INES, BEN = 'ines@example.org', 'ben@example.net'


def dng(jpeg):
    """A camera's raw file, as far as is looked at one: its tags and the JPEG in it."""
    return b'II*\0\x08\0\0\0' + struct.pack('<H', 1) + struct.pack('<HHI4B', 0xc612, 1, 4, 1, 4, 0, 0) + b'\0\0\0\0' + jpeg


def put(w, name, data):
    with open(w.top + '/' + name, 'wb') as o:
        o.write(data)
    return w.top + '/' + name


def journey(w):
    mara = Mara(w)
    levels = ['L0']

    def level(name, want, words):
        got = mara.level(work)
        w.say('-', 'level of ownership: %s (%s)' % (got, words))
        if got != levels[-1]:
            levels.append(got)
        w.check(got == want, name, mara.page.text)

    def prove(kind, *more):
        code, out, err = mara.verb('owners', 'prove', '--kind', kind, *more, work)
        w.check(code == 0, 'the_evidence_is_taken_in', err)

    mara.confirm_address()
    code, out, err = mara.verb('users', 'add', '--email', INES, '--name', 'Ines Example', '--role', 'counsel')
    link = re.search(r'http\S+', out).group(0)
    ines = w.person('Ines')
    w.sign_in(ines, link)
    w.say('Ines', 'a lawyer whom Mara invited, signs in by her link')

    # ---- what she says herself, and what is in the file
    whole = mara.picture('lantern.jpg', artist=False)
    small = w.top + '/lantern-web.jpg'
    subprocess.run(['convert', whole, '-strip', '-resize', '60%', '-quality', '88', small], check=True)
    work = mara.register(small)
    level('a_registered_picture_is_level_0', 'L0', 'registered, no more')
    mara.declare(work)
    level('her_word_alone_lifts_nothing', 'L0', 'declared')
    w.check('a trace in the work or in print' in mara.page.text, 'the_page_says_what_would_lift_it', mara.page.text)

    # ---- documents: each counts once it is verified, and not before
    prove('publication', '--name', 'Garden Weekly 2024/5, p. 3')
    level('a_publication_that_nobody_looked_at_lifts_nothing', 'L0', 'a publication, declared by the claimant')
    proof = str(w.rows(MARA, 'owners', 'proof', work)[0]['proofs'][0]['id'])
    code, out, err = w.verb(INES, 'owners', 'check', '--subject', 'proof', '--statement', 'I have the issue before me: p. 3, with her name.', proof)
    w.say('Ines', 'looks at the magazine and writes down what she saw')
    level('looked_at_by_counsel_it_lifts_to_level_1', 'L1', 'the publication, checked by counsel')
    w.check('checked by Ines Example, counsel, on 20' in mara.page.text, 'the_page_says_who_checked_it', mara.page.text)

    other = mara.picture('other.jpg', seed=72, artist=False)
    prove('raw', '--document', put(w, 'other.dng', dng(open(other, 'rb').read())))
    level('the_raw_file_of_another_picture_lifts_nothing', 'L1', "another picture's raw file")
    prove('raw', '--document', put(w, 'lantern.dng', dng(open(whole, 'rb').read())))
    level('the_raw_file_of_the_picture_lifts_to_level_2', 'L2', "the camera's raw file, compared by the matcher")

    # ---- a case about a use, and what it may come to
    w.blog.put('imprint', 'Imprint', '<p>Tom Beispiel, Harbour Street 9, 54321 Exampleport</p>')
    copy = w.top + '/copy.jpg'
    subprocess.run(['convert', small, '-resize', '80%', '-quality', '75', copy], check=True)
    w.blog.pictures['a.jpg'] = open(copy, 'rb').read()
    w.blog.put('', 'Evenings', '<figure><img src="/p/a.jpg" alt="A lantern" width="420"></figure>')
    mara.scan('/', 'Only this page')
    hits = mara.hits()
    w.need(len(hits) == 1, 'a_copy_is_found', hits)
    mara.pursue(hits[0])
    case = mara.open_case(hits[0])

    def gate_2(step):
        """The verdict and its reasons, as the verb prints them."""
        code, out, err = w.verb(MARA, 'cases', 'gates', '--level', step, case)
        block = re.search(r'^G2 +(\S+).*\n((?:    .*\n)*)', out, re.M)
        w.say('-', 'gate G2 for %s: %s%s' % (step, block.group(1), ''.join('; ' + x.strip() for x in block.group(2).splitlines())))
        return block.group(1), block.group(2)

    w.check(gate_2('OFFER')[0] == 'pass', 'at_level_2_ownership_keeps_no_offer_back')

    # ---- somebody else claims the same picture
    code, out, err = w.f('users', 'org', 'add', '--name', 'Secret Studio', '--email', BEN)
    ben = w.person('Ben')
    w.sign_in(ben, re.search(r'http\S+/in/\S+', out.decode()).group(0))
    ben.open(w.url + '/works')
    theirs = w.top + '/theirs.jpg'
    subprocess.run(['convert', whole, '-resize', '45%', '-quality', '60', theirs], check=True)
    ben.send('Send them', {'Pictures': [theirs]})
    w.wait("Ben's picture is registered", lambda: ben.open(w.url + '/works') and re.search(r'href="/works/(\d+)"', ben.html))
    w.say('Ben', 'another organisation of this server, registers the same picture')
    code, out, err = mara.verb('owners', 'proof', '--look', work)
    level('a_second_claimant_brings_it_down_to_level_1', 'L1', 'somebody else claims it')
    w.check('somebody else claims it' in mara.page.text and 'Secret' not in mara.page.text, 'the_page_tells_of_the_claim_and_not_whose', mara.page.text)
    g = gate_2('OFFER')
    w.check(g[0] != 'pass' and 'claim' in g[1], 'the_second_claimant_blocks_the_offer', g)
    code, out, err = w.verb(MARA, 'cases', 'move', case, 'offer')
    w.check(code == 1, 'and_no_move_gets_past_it', (code, out, err))
    mara.at('/works/' + work)
    w.check('A reviewer or counsel settles it, not who claims' in mara.page.text and '/settle' not in mara.page.html, 'who_claims_is_told_who_settles', mara.page.text)
    code, out, err = w.verb(MARA, 'owners', 'settle', '--why', 'It is mine.', str(w.look('SELECT id FROM rival WHERE work_id = ? AND settled_us IS NULL', int(work))[0][0]))
    w.say('Mara', 'tries to settle it herself: "%s"' % err.strip())
    w.check(code != 0 and 'not by who claims' in err, 'who_claims_does_not_settle', (code, out, err))
    w.check(mara.level(work) == 'L1', 'and_nothing_is_lifted', mara.page.text)
    ines.open(w.url + '/works/' + work)
    ines.send('Settle', {'Why it does not stand': 'The raw file is with Mara; the other copy is smaller and later.'})
    w.say('Ines', 'settles the claim on the page of the work, with her reason')
    level('settled_by_counsel_it_is_level_2_again', 'L2', 'the claim was settled')
    w.check(gate_2('OFFER')[0] == 'pass', 'and_the_offer_is_free_again')

    # ---- a certificate, and a check that takes it back
    prove('registration', '--document', put(w, 'certificate.pdf', b'%PDF-1.4 certificate'), '--name', 'Register of works, no 17')
    level('a_certificate_that_nobody_checked_lifts_nothing', 'L2', 'a certificate, unchecked')
    cert = [str(p['id']) for p in w.rows(MARA, 'owners', 'proof', work)[0]['proofs'] if p['kind'] == 'registration'][0]
    w.verb(INES, 'owners', 'check', '--subject', 'proof', '--statement', 'Compared with the register.', cert)
    w.say('Ines', 'compares the certificate with the register')
    level('compared_with_the_register_it_is_level_3', 'L3', 'a registration, checked by counsel')
    w.verb(INES, 'owners', 'check', '--subject', 'proof', '--fails', '--statement', 'The number is of another work.', cert)
    w.say('Ines', 'finds that the number is of another work')
    level('found_not_to_hold_it_falls', 'L2', 'the registration does not hold')

    # ---- every change stands in the chain of what people did
    told = [json.loads(d) for (d,) in w.look("SELECT details FROM audit WHERE what = 'work.level' AND subject = ? ORDER BY seq", int(work))]
    chain = ['L%d' % x['was'] for x in told[:1] if x['was'] >= 0] + ['L%d' % x['is'] for x in told]
    w.say('-', 'the audit log says: ' + ' '.join(chain))
    w.check([x for i, x in enumerate(chain) if i == 0 or x != chain[i - 1]] == levels, 'every_change_of_the_level_is_in_the_audit_log', (chain, levels))
    code, out, err = w.f('doctor')
    w.check(b'the chains unbroken' in out, 'and_the_chain_holds', out)


World('J3: a photographer shows that a picture is hers', *sys.argv[1:3]).walk(journey)
