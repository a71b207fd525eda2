/* work/probe.h - is what we send recognisably ours?  Probes of the verification page and of the mail (G17): nobody states what they find. */
#ifndef FAIR_WORK_PROBE_H
#define FAIR_WORK_PROBE_H
#include "proc/hear_msg.h"
#include "store/case_rows.h"
#include "work/house.h"

/* Publish a probe notice, fetch its verification page at portal.public_url, through the host that stands outside where there is one, and
 * check what came: its number, the digest of this very probe, and its signature under our key.  The outcome is a row; *x is it.
 *   FAIR_INVALID  portal.public_url is not set */
fair_status fair_probe_portal(struct fair_house *h, fair_time now, struct fair_arena *a, struct fair_probe *x, struct fair_err *err) FAIR_MUST_CHECK;
/* Send a mail to the installation's own mailbox (mail.from).  What its server found comes back by fair_probe_heard.
 *   FAIR_INVALID  a setting is missing, named: without it letters go by post */
fair_status fair_probe_mail(struct fair_house *h, fair_time now, struct fair_arena *a, struct fair_probe *x, struct fair_err *err) FAIR_MUST_CHECK;
/* A mail came that bears the signed number `code` as its own Message-ID: is it a probe?  Of what it says of its authenticity the topmost
 * header of our own server (mail.authserv_id) counts alone.  *probe: it was one. */
fair_status fair_probe_heard(struct fair_house *h, const struct fair_mail_told *t, fair_str code, fair_time now, bool *probe, struct fair_err *err) FAIR_MUST_CHECK;
/* Pure: did SPF, DKIM and DMARC pass, in the eyes of `server`?  Words that say what was found. */
bool fair_probe_judge(const struct fair_mail_told *t, fair_str server, struct fair_arena *a, fair_str *words);

/* Ask for the job "probe" where one is due (letters.probe_hours; sooner after one that failed). */
fair_status fair_probes_due(struct fair_house *h, fair_time now, struct fair_err *err) FAIR_MUST_CHECK;
/* Can a mail be shown to be authentic at `now`, when the letter was begun?  *holds false: a letter goes by post, unless *awaited: the outcome
 * of a probe is still to come, or came after `now`.  Whatever can wait waits for it. */
fair_status fair_probe_mail_stands(struct fair_house *h, fair_time now, bool *holds, bool *awaited, struct fair_err *err) FAIR_MUST_CHECK;

#endif
