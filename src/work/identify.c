/* work/identify.c - the link that confirms an address. */
#include "work/identify.h"
#include <jansson.h>
#include "base/mime.h"
#include "http/http.h"
#include "store/owner_rows.h"
#include "work/mail.h"

fair_status
fair_identify_by_mail(struct fair_house *h, fair_id owner, fair_str address, fair_time now, fair_id *id, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_config config = h->config;
    struct fair_identity x = { .owner = owner, .kind = FAIR_STR("mail"), .value = address, .at = now };
    struct fair_err gone = { 0 };
    struct fair_sha256 sha;
    uint8_t random[24];
    fair_str secret, text;
    fair_status s;

    if (!fair_mime_address_ok(address)) return fair_fail(err, FAIR_INVALID, "that is no mail address");
    if (config.smtp_url.n == 0) return fair_fail(err, FAIR_REFUSED, "mail.smtp_url is not set: an address is confirmed by a link that is mailed to it");
    fair_random(random, sizeof random);
    secret = fair_base64url(a, random, sizeof random);
    sha = fair_sha256_of(secret.p, secret.n);
    text = fair_str_fmt(a, "Somebody who keeps a catalogue of pictures with Fairtrack says that this is your address,\nand that you own pictures in it. If that is so, open\n\n    %.*s/confirm/%.*s\n\n"
                        "within %d days. If not, do nothing, and the address is not used.\n", FAIR_STR_ARG(fair_house_base_url(h, a)), FAIR_STR_ARG(secret), FAIR_IDENTIFY_DAYS);
    FAIR_TRY(fair_store_identity_add(&h->desk, &x, &sha, now + FAIR_IDENTIFY_DAYS * FAIR_DAY, err));
    config.smtp_to = address;
    s = fair_mail_send(&config, FAIR_STR("Is this your address?"), text, err);
    if (s == FAIR_OK) *id = x.id;
    else (void)!fair_store_identity_end(&h->desk, x.id, FAIR_STR("the mail with the link did not leave"), now, &gone);
    return s;
}

fair_status
fair_job_identify(struct fair_house *h, const struct fair_job *job, struct fair_arena *a, struct fair_err *err)
{
    json_t *args = json_loadb(job->args.p, job->args.n, 0, NULL);
    fair_str address = fair_str_dup(a, fair_member(args, "address"));
    fair_id owner = json_integer_value(json_object_get(args, "owner")), id;

    json_decref(args);
    if (address.n == 0) return fair_fail(err, FAIR_CORRUPT, "job identify without an address");
    return fair_identify_by_mail(h, owner, address, fair_now(), &id, err);
}
