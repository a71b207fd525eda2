#!/usr/bin/env python3
"""test_hear.py FAIRTRACK - mails come in from a real IMAP server (dovecot on loopback): kept, told apart, taken once."""
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from servers import Dovecot, dovecot_missing, free_port
from tap import Fairtrack, Tap

t = Tap()
if dovecot_missing():
    t.skip("mails_are_heard", dovecot_missing())
    t.end()
server = Dovecot(t.top)
port = server.port


def deliver(body):
    server.deliver("mara", body.replace(b"\n", b"\r\n"))


def head(sender, subject, more=b"", kind=b"text/plain; charset=utf-8"):
    return b"From: %s\nTo: mara@example.com\nSubject: %s\nMessage-ID: <%d@example.com>\nDate: Thu, 26 Nov 2026 08:15:00 +0000\n%sContent-Type: %s\n\n" % (sender, subject, server.n + 1, more, kind)


try:
    f = Fairtrack(sys.argv[1], os.path.join(t.top, "home"))
    f("init", "--email", "mara@example.com")
    with open(os.path.join(t.top, "password"), "w") as w:
        w.write("secret\n")

    def settings(url, password="password"):
        with open(os.path.join(f.home, "fairtrack.conf"), "w") as w:
            w.write("[mail]\nimap_url = %s\nimap_user = mara\nimap_password_file = %s\n" % (url, os.path.join(t.top, password)))

    settings("imap://127.0.0.1:%d/INBOX" % port)
    deliver(head(b"Tom <tom@example.com>", b"=?utf-8?Q?Gr=C3=BC=C3=9Fe?=") + b"I have a licence.\n")
    deliver(head(b"away@example.com", b"Out of office", b"Auto-Submitted: auto-replied\n") + b"Back in March.\n")
    deliver(head(b"MAILER-DAEMON@example.com", b"Undelivered", kind=b"multipart/report; report-type=delivery-status; boundary=B")
            + b"--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\nAction: failed\nStatus: 5.1.1\n\n--B--\n")
    deliver(b"\x00\xff\xfe not a mail at all \x80\n" * 50)
    deliver(b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(3000)))
    code, out, err = f("answers", "take")
    t.check(code == 0 and b"5 mails taken" in out, "five_mails_are_taken", out + err)
    rows = f.json("answers", "list")
    t.check(len(rows) == 5 and rows[0]["from"] == "tom@example.com" and rows[0]["subject"] == "Gr\u00fc\u00dfe" and rows[0]["what"] == "other" and rows[0]["case"] is None,
            "each_is_kept_with_who_and_what", rows)
    t.check(rows[1]["what"] == "automatic", "an_automatic_answer_is_told_apart", rows[1])
    t.check(all(r["by"] == "mail" and not r["same_address"] for r in rows), "none_of_them_proves_anything")
    one = f.json("answers", "show", str(rows[0]["answer"]))[0]
    t.check(one["text"].strip() == "I have a licence.", "one_is_opened_and_read", one)
    code, out, err = f("answers", "take")
    t.check(code == 0 and b"0 mails taken" in out, "none_is_taken_twice", out + err)
    where = os.path.join(t.top, "saved")
    os.mkdir(where)
    code, out, err = f("answers", "show", "--save", where, str(rows[0]["answer"]))
    t.check(code == 0 and b"I have a licence" in open(os.path.join(where, os.listdir(where)[0]), "rb").read(), "the_mail_as_it_came_is_saved_under_a_name_of_ours", out + err)
    sealed = b"".join(open(os.path.join(d, n), "rb").read() for d, _, names in os.walk(os.path.join(f.home, "vault")) for n in names)
    t.check(b"I have a licence" not in sealed, "at_rest_it_cannot_be_read")
    deliver(head(b"big@example.com", b"many files", kind=b"multipart/mixed; boundary=B") + b"--B\nContent-Type: text/plain\n\nsee files\n--B\nContent-Type: application/pdf; name=../../a.pdf\nContent-Transfer-Encoding: base64\n\n"
            + (b"QUFB" * 18 + b"\n") * (40 * 1024 * 1024 // 73) + b"\n--B--\n")
    code, out, err = f("answers", "take", timeout=300)
    big = f.json("answers", "list")[-1]
    t.check(code == 0 and b"1 mails taken" in out and big["cut"] is True and big["from"] == "big@example.com", "forty_megabytes_of_files_are_cut_and_said_to_be", out + err)
    code, out, err = f("answers", "show", str(big["answer"]))
    t.check(code == 0 and b"see files" in out and b"longer than is taken" in out, "what_was_said_is_there", out[-300:] + err)
    with open(os.path.join(t.top, "wrong"), "w") as w:
        w.write("no\n")
    settings("imap://127.0.0.1:%d/INBOX" % port, "wrong")
    code, out, err = f("answers", "take")
    t.check(code == 4 and err.count(b"\n") == 1 and b"denied" in err.lower(), "a_wrong_password_is_one_clear_line", err)
    settings("imap://127.0.0.1:%d/NOSUCH" % port)
    code, out, err = f("answers", "take")
    t.check(code == 4 and err.count(b"\n") == 1, "a_mailbox_that_is_not_there_is_one_clear_line", err)
    settings("imap://127.0.0.1:%d/INBOX" % free_port())
    code, out, err = f("answers", "take")
    t.check(code == 4 and err.count(b"\n") == 1 and b"mailbox" in err, "a_server_that_is_not_there_too", err)
    settings("imap://mail.example.com:143/INBOX")
    code, out, err = f("answers", "take", timeout=200)
    t.check(code == 4 and b"secret" not in err, "no_password_goes_out_in_the_clear", err)
    settings("http://127.0.0.1/")
    code, out, err = f("answers", "take")
    t.check(code == 4 and b"imaps://" in err, "another_protocol_is_refused", err)
finally:
    server.stop()
t.end()
