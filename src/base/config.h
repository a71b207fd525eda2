/* base/config.h - fairtrack.conf: every key is an entry of one table. */
#ifndef FAIR_BASE_CONFIG_H
#define FAIR_BASE_CONFIG_H
#include <stdbool.h>
#include <stdint.h>
#include "base/text.h"

/* The settings in use.  Texts live as long as the arena given to load. */
struct fair_config {
    fair_str listen;              /* web.listen            address:port                 */
    fair_str public_url;          /* web.public_url                                     */
    int64_t session_days;         /* web.session_days                                   */
    int64_t decoders;             /* decode.processes      0 = one a core               */
    int64_t decode_seconds;       /* decode.seconds                                     */
    int64_t decode_memory_mb;     /* decode.memory_mb                                   */
    int64_t decode_replace;       /* decode.replace_after                               */
    int64_t max_file_mb, max_pixels_m;   /* decode.max_file_mb, decode.max_mpixels      */
    bool sandbox_weak;            /* decode.sandbox        strict | weak                */
    fair_str agent;               /* crawl.agent                                        */
    fair_str contact;             /* crawl.contact         page or mail of the operator */
    int64_t crawl_pages, crawl_depth, crawl_mb;  /* crawl.max_pages, max_depth, max_mb  */
    int64_t delay_min_ms, delay_max_ms;          /* crawl.delay_min_ms, delay_max_ms    */
    int64_t fetch_seconds, fetch_stall_s, fetch_max_mb, fetch_redirects, fetch_at_once;
    fair_str capture_browser, capture_user, capture_resolver, capture_rdap, capture_clock;    /* capture.browser, user, ... */
    fair_str view_listen, view_url;              /* capture.view_listen, view_url       */
    int64_t capture_seconds, capture_height;     /* capture.seconds, max_height         */
    bool allow_loopback;          /* crawl.allow_loopback  for tests and the demo       */
    fair_str c2pa_trusted;        /* decode.c2pa_trusted   file of certificates' digests */
    bool vault_s3;                /* vault.kind            dir | s3                     */
    fair_str s3_url, s3_bucket, s3_prefix, s3_region, s3_access_key, s3_secret_file;        /* vault.s3_* */
    fair_str portal_listen, portal_url, portal_dir, portal_secret_file; int64_t portal_link_days;      /* portal.* */
    bool own_clock;               /* evidence.timestamp    servers | own                */
    fair_str stamp_servers, stamp_roots, calendars;    /* evidence.*                    */
    bool stamp_untrusted;         /* evidence.untrusted    refuse | accept              */
    fair_str imap_url, imap_user, imap_password_file, authserv_id; int64_t imap_minutes;         /* mail.imap_* */
    fair_str letters_name, letters_address, letters_email, letters_phone, letters_register, letters_privacy; int64_t letters_months, letters_probe_hours;     /* letters.* */
    bool terms_publish; int64_t terms_commission, terms_pictures; fair_str terms_beyond, terms_third;      /* terms.*: what the service costs */
    fair_str smtp_url, smtp_from, smtp_to, smtp_user, smtp_password_file;    /* mail.*  */
};

/* Read `path`; a missing file gives the defaults.  FAIR_INVALID names the line,
 * and for an unknown key the nearest known one. */
fair_status fair_config_load(struct fair_arena *a, const char *path, struct fair_config *out, struct fair_err *err) FAIR_MUST_CHECK;

/* Every key with type, default, bounds and what it means, as `fairtrack config --explain`. */
fair_str fair_config_explain(struct fair_arena *a);
/* The settings in use, as a fairtrack.conf; secrets are never in it. */
fair_str fair_config_text(struct fair_arena *a, const struct fair_config *c);

#endif
