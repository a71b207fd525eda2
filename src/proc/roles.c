/* proc/roles.c - the one table of who may do what. */
#include "proc/proc.h"

#define MIB ((size_t)1 << 20)

/* What looking up a name and checking a certificate opens, and nothing else. */
static const char *const fetch_reads[] = {
    "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf", "/etc/services",
    "/etc/ssl", "/usr/lib/ssl", "/usr/share/ca-certificates", NULL
};

/* Fonts, and nothing else. */
static const char *const render_reads[] = { "/usr/share/fonts/truetype/noto", "/usr/share/fonts/truetype/dejavu", NULL };

const struct fair_role_rules fair_role_rules[FAIR_N_ROLES] = {
    [FAIR_ROLE_DECODE] = {
        .name = "decode", .program = "fairtrack-decode",
        .does = "JPEG, PNG, GIF, BMP, ICO to pixels, fingerprints and small JPEGs; HTML and CSS to links; what a picture says of its rights",
        .may = 0, .memory = 2048 * MIB, .seconds = 20, .replace_after = 1000, .descriptors = 16,
        .in_bytes = 4 * MIB, .out_bytes = 16 * MIB },
    [FAIR_ROLE_DECODE_VIPS] = {
        .name = "decode-vips", .program = "fairtrack-decode-vips",
        .does = "the same for WebP, AVIF, HEIC, JPEG XL, TIFF and RAW pictures",
        .may = FAIR_MAY_THREAD, .memory = 2048 * MIB, .seconds = 20, .replace_after = 1000, .descriptors = 32,
        .in_bytes = 4 * MIB, .out_bytes = 16 * MIB },
    [FAIR_ROLE_FETCH] = {
        .name = "fetch", .program = "fairtrack-fetch",
        .does = "asks the network for what it is told to, behind the address guard",
        .may = FAIR_MAY_THREAD | FAIR_MAY_CONNECT | FAIR_MAY_READ | FAIR_MAY_MEMFD, .reads = fetch_reads,
        .memory = 2048 * MIB, .seconds = 0, .replace_after = 0, .descriptors = 1024 },
    [FAIR_ROLE_MAIL] = {
        .name = "mail", .program = "fairtrack-mail",
        .does = "hands notices for the owner to the mail server of the settings",
        .may = FAIR_MAY_THREAD | FAIR_MAY_CONNECT | FAIR_MAY_READ, .reads = fetch_reads,
        .memory = 512 * MIB, .seconds = 60, .replace_after = 1, .descriptors = 32 },
    [FAIR_ROLE_RENDER] = {
        .name = "render", .program = "fairtrack-render",
        .does = "documents (letters, exhibits) to PDF; the pictures in them come as plain pixels",
        .may = FAIR_MAY_THREAD | FAIR_MAY_READ, .reads = render_reads,
        .memory = 1536 * MIB, .seconds = 120, .replace_after = 1, .descriptors = 64, .out_bytes = 64 * MIB },
    [FAIR_ROLE_PROXY] = {
        .name = "proxy", .program = "fairtrack-proxy",
        .does = "carries what a capturing browser asks for, behind the address guard, and tells of each connection; asks the DNS",
        .may = FAIR_MAY_THREAD | FAIR_MAY_CONNECT | FAIR_MAY_READ | FAIR_MAY_ACCEPT, .reads = fetch_reads,
        .memory = 512 * MIB, .seconds = 0, .replace_after = 0, .descriptors = 256 },
    [FAIR_ROLE_HEAR] = {
        .name = "hear", .program = "fairtrack-hear",
        .does = "fetches new mails from the IMAP mailbox of the settings, unread and unchanged",
        .may = FAIR_MAY_THREAD | FAIR_MAY_CONNECT | FAIR_MAY_READ | FAIR_MAY_MEMFD, .reads = fetch_reads,
        .memory = 512 * MIB, .seconds = 120, .replace_after = 200, .descriptors = 32 },
    [FAIR_ROLE_MAIL_READ] = {
        .name = "mailread", .program = "fairtrack-mailread",
        .does = "mails of strangers to sender, subject, text, references and the names of what they enclose",
        .may = 0, .memory = 768 * MIB, .seconds = 30, .replace_after = 100, .descriptors = 16 },
    [FAIR_ROLE_PORTAL] = {
        .name = "portal", .program = "fairtrack-portal",
        .does = "shows recipients the sealed copies of their notices and seals their answers for the home, which alone can open them",
        .may = FAIR_MAY_ACCEPT | FAIR_MAY_WRITE, .memory = 1024 * MIB, .descriptors = 600,
        .talks = "whoever comes to its port, and nobody of ours: the home fetches answers from its folder" },
    [FAIR_ROLE_NOTARY] = {
        .name = "notary", .program = "fairtrack-notary",
        .does = "holds the key that packages are signed with, read before it is confined; signs two kinds of lines",
        .may = 0, .memory = 256 * MIB, .seconds = 20, .replace_after = 0, .descriptors = 8 },
    [FAIR_ROLE_POST] = {
        .name = "post", .program = "fairtrack-post",
        .does = "reads the database, asks the rules again, and hands one approved letter to the mail server of the settings",
        .may = FAIR_MAY_THREAD | FAIR_MAY_CONNECT | FAIR_MAY_READ, .reads = fetch_reads,
        .memory = 512 * MIB, .seconds = 100, .replace_after = 1, .descriptors = 32 },
    [FAIR_ROLE_VERIFY] = {
        .name = "verify", .program = "fairtrack verify",
        .does = "no helper but the verb itself: it confines itself before it reads the package, which is open by then",
        .may = FAIR_MAY_PRINT, .memory = 6144 * MIB, .seconds = 0, .replace_after = 0, .descriptors = 16, .talks = "nobody" },
};

fair_str
fair_roles_text(struct fair_arena *a)
{
    static const struct { unsigned bit; const char *words; } may[] = {
        { FAIR_MAY_THREAD, "threads" }, { FAIR_MAY_CONNECT, "TCP and UDP outwards" },
        { FAIR_MAY_READ, "read the files below" }, { FAIR_MAY_MEMFD, "hand over anonymous memory files" },
        { FAIR_MAY_ACCEPT, "take connections on a port that listened before" }, { FAIR_MAY_WRITE, "files in one folder" },
        { FAIR_MAY_PRINT, "write into what is open" },
    };
    struct fair_buf b = FAIR_BUF(a, 65536);
    fair_str out = FAIR_STR("");
    struct fair_err err = { 0 };

    for (int i = 0; i < FAIR_N_ROLES; i++) {
        const struct fair_role_rules *r = &fair_role_rules[i];
        bool some = false;
        fair_buf_fmt(&b, "%s\n  does:     %s\n  may:      ", r->program, r->does);
        for (size_t k = 0; k < sizeof may / sizeof may[0]; k++)
            if ((r->may & may[k].bit) != 0) {
                fair_buf_fmt(&b, "%s%s", some ? "; " : "", may[k].words);
                some = true;
            }
        fair_buf_fmt(&b, "%s\n", some ? "" : "nothing");
        for (const char *const *p = r->reads; p != NULL && *p != NULL; p++) fair_buf_fmt(&b, "  reads:    %s\n", *p);
        fair_buf_fmt(&b, "  talks to: %s\n", r->talks != NULL ? r->talks : "the fairtrack that started it, and nobody else of ours");
        fair_buf_fmt(&b, "  memory:   %zu MiB\n", r->memory / MIB);
        if (r->seconds > 0) fair_buf_fmt(&b, "  seconds:  %u for one message, then it is killed\n", r->seconds);
        if (r->replace_after > 0) fair_buf_fmt(&b, "  replaced: after %u messages\n", r->replace_after);
        fair_buf_fmt(&b, "  open:     %u descriptors\n", r->descriptors);
        if (r->in_bytes > 0 || r->out_bytes > 0)
            fair_buf_fmt(&b, "  shares:   %zu MiB in, %zu MiB out\n", r->in_bytes / MIB, r->out_bytes / MIB);
        fair_buf_c(&b, "\n");
    }
    if (fair_buf_take(&b, &out, &err) != FAIR_OK) return FAIR_STR("");
    return out;
}
