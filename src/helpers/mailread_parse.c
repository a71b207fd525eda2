/* mailread_parse.c - one mail to what it says, by GMime. */
#include <string.h>
#include <gmime/gmime.h>
#include "helpers/mailread_private.h"

enum { PARTS_MOST = 500 };

/* Well-formed, on one line, at most `most` bytes. */
static fair_str
tame(struct fair_arena *a, const char *s, size_t most)
{
    fair_str out;
    char *p;
    size_t n = 0;

    if (s == NULL) return FAIR_STR("");
    out = fair_utf8_mend(a, fair_str_of(s));
    p = fair_alloc(a, out.n + 1);
    for (size_t i = 0; i < out.n; i++) p[n++] = (unsigned char)out.p[i] < 0x20 || out.p[i] == 0x7f ? ' ' : out.p[i];
    if (n > most) {
        n = most;
        while (n > 0 && ((unsigned char)p[n] & 0xc0) == 0x80) n--;
    }
    return (fair_str){ p, n };
}

static void
add_reference(struct fair_arena *a, struct fair_mail_told *t, const char *id)
{
    fair_str s = tame(a, id, 390);

    if (s.n > 0 && s.p[0] == '<') s = (fair_str){ s.p + 1, s.n - 1 };
    if (s.n > 0 && s.p[s.n - 1] == '>') s.n--;
    if (s.n > 0 && t->n_references < FAIR_MAIL_REFERENCES) t->references[t->n_references++] = s;
}

static void
add_references(struct fair_arena *a, struct fair_mail_told *t, const char *header)
{
    GMimeReferences *r;
    int n;

    if (header == NULL) return;
    r = g_mime_references_parse(NULL, header);
    n = g_mime_references_length(r);
    for (int i = n - 1; i >= 0; i--) add_reference(a, t, g_mime_references_get_message_id(r, i));      /* the nearest first */
    g_mime_references_free(r);
}

/* The fields of a delivery report (RFC 3464): did it fail, and what does it say? */
static void
read_report(struct fair_arena *a, struct fair_mail_told *t, fair_str text)
{
    fair_str line;

    while (fair_str_split(&text, '\n', &line)) {
        fair_str name, value = line;
        if (!fair_str_split(&value, ':', &name) || value.p == NULL) continue;
        value = fair_str_trim(value);
        if (fair_str_eq_nocase(name, FAIR_STR("Action")) && fair_str_eq_nocase(value, FAIR_STR("failed"))) t->bounce = true;
        if (fair_str_eq_nocase(name, FAIR_STR("Diagnostic-Code")) || (fair_str_eq_nocase(name, FAIR_STR("Status")) && t->bounce_words.n == 0))
            t->bounce_words = tame(a, fair_str_dup(a, value).p, 900);
    }
}

static void
read_auths(struct fair_arena *a, struct fair_mail_told *t, GMimeMessage *m)
{
    GMimeHeaderList *list = g_mime_object_get_header_list((GMimeObject *)m);
    int n = list != NULL ? g_mime_header_list_get_count(list) : 0;

    for (int i = 0; i < n && t->n_auths < FAIR_MAIL_AUTHS; i++) {
        GMimeHeader *h = g_mime_header_list_get_header_at(list, i);
        const char *name = h != NULL ? g_mime_header_get_name(h) : NULL, *raw = h != NULL ? g_mime_header_get_raw_value(h) : NULL;
        if (name == NULL || raw == NULL || strcasecmp(name, "Authentication-Results") != 0) continue;
        if (fair_auth_results(a, tame(a, raw, 4000), &t->auths[t->n_auths])) t->n_auths++;
    }
}

static fair_str
content_of(struct fair_arena *a, GMimePart *part, size_t most)
{
    GMimeDataWrapper *w = g_mime_part_get_content(part);
    GMimeStream *to;
    GByteArray *bytes;
    fair_str out = FAIR_STR("");

    if (w == NULL) return out;
    to = g_mime_stream_mem_new();
    g_mime_data_wrapper_write_to_stream(w, to);
    bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(to));
    if (bytes != NULL) out = fair_str_dup(a, (fair_str){ (const char *)bytes->data, bytes->len < most ? bytes->len : most });
    g_object_unref(to);
    return out;
}

static size_t
length_of(GMimePart *part)
{
    GMimeDataWrapper *w = g_mime_part_get_content(part);
    GMimeStream *to;
    gint64 n;

    if (w == NULL) return 0;
    to = g_mime_stream_null_new();
    n = g_mime_data_wrapper_write_to_stream(w, to);
    g_object_unref(to);
    return n > 0 ? (size_t)n : 0;
}

static void
read_text(struct fair_arena *a, struct fair_mail_told *t, GMimeTextPart *part)
{
    char *text = g_mime_text_part_get_text(part);
    fair_str s;

    if (text == NULL) return;
    s = fair_str_dup(a, fair_utf8_mend(a, fair_str_of(text)));   /* mending gives what needs none as it is */
    g_free(text);
    if (s.n > FAIR_MAIL_TEXT) {
        s.n = FAIR_MAIL_TEXT;
        while (s.n > 0 && ((unsigned char)s.p[s.n] & 0xc0) == 0x80) s.n--;
        t->text_cut = true;
    }
    t->text = s;
}

static void
add_file(struct fair_arena *a, struct fair_mail_told *t, GMimePart *part, GMimeContentType *type)
{
    char *mime = type != NULL ? g_mime_content_type_get_mime_type(type) : NULL;

    if (t->n_files == FAIR_MAIL_FILES) t->more_files = true;
    else t->files[t->n_files++] = (struct fair_mail_file){ tame(a, g_mime_part_get_filename(part), 190), tame(a, mime, 90), (uint32_t)length_of(part) };
    g_free(mime);
}

static void
read_parts(struct fair_arena *a, struct fair_mail_told *t, GMimeMessage *message)
{
    GMimePartIter *it = g_mime_part_iter_new((GMimeObject *)message);
    bool text = false;
    int n = 0;

    do {
        GMimeObject *o = g_mime_part_iter_get_current(it);
        GMimeContentType *type = o != NULL ? g_mime_object_get_content_type(o) : NULL;
        if (o == NULL || type == NULL) continue;
        if (GMIME_IS_MESSAGE_PART(o)) continue;
        if (g_mime_content_type_is_type(type, "message", "delivery-status") && GMIME_IS_PART(o)) read_report(a, t, content_of(a, GMIME_PART(o), 65536));
        else if (g_mime_content_type_is_type(type, "text", "rfc822-headers") && GMIME_IS_PART(o)) {
            fair_str headers = content_of(a, GMIME_PART(o), 65536), line;
            while (fair_str_split(&headers, '\n', &line))
                if (line.n > 11 && strncasecmp(line.p, "Message-ID:", 11) == 0) add_reference(a, t, fair_str_dup(a, fair_str_trim((fair_str){ line.p + 11, line.n - 11 })).p);
        } else if (GMIME_IS_TEXT_PART(o) && !text && g_mime_content_type_is_type(type, "text", "plain") && !g_mime_part_is_attachment(GMIME_PART(o))) {
            read_text(a, t, GMIME_TEXT_PART(o));
            text = true;
        } else if (GMIME_IS_PART(o) && (!GMIME_IS_TEXT_PART(o) || g_mime_part_is_attachment(GMIME_PART(o)))) add_file(a, t, GMIME_PART(o), type);
    } while (++n < PARTS_MOST && g_mime_part_iter_next(it));
    g_mime_part_iter_free(it);
}

/* A report encloses what could not be delivered: its Message-ID is a reference too. */
static void
read_enclosed(GMimeObject *parent, GMimeObject *part, void *arg)
{
    struct { struct fair_arena *a; struct fair_mail_told *t; int n; } *x = arg;

    (void)parent;
    if (++x->n > PARTS_MOST || !GMIME_IS_MESSAGE_PART(part)) return;
    if (g_mime_message_part_get_message(GMIME_MESSAGE_PART(part)) != NULL)
        add_reference(x->a, x->t, g_mime_message_get_message_id(g_mime_message_part_get_message(GMIME_MESSAGE_PART(part))));
}

void
fair_mailread(struct fair_arena *a, fair_str bytes, struct fair_mail_told *t)
{
    GMimeStream *in = g_mime_stream_mem_new_with_buffer(bytes.p, bytes.n);
    GMimeParser *parser = g_mime_parser_new_with_stream(in);
    GMimeMessage *m = g_mime_parser_construct_message(parser, NULL);
    struct { struct fair_arena *a; struct fair_mail_told *t; int n; } x = { a, t, 0 };
    const char *automatic, *precedence;
    InternetAddressList *from;
    GDateTime *date;

    *t = (struct fair_mail_told){ .status = FAIR_CORRUPT };
    if (m != NULL) {
        t->status = FAIR_OK;
        from = g_mime_message_get_from(m);
        if (from != NULL && internet_address_list_length(from) > 0) {
            InternetAddress *one = internet_address_list_get_address(from, 0);
            t->from_name = tame(a, internet_address_get_name(one), 390);
            if (INTERNET_ADDRESS_IS_MAILBOX(one)) t->from = tame(a, internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one)), 390);
        }
        t->subject = tame(a, g_mime_message_get_subject(m), 990);
        t->message_id = tame(a, g_mime_message_get_message_id(m), 390);
        date = g_mime_message_get_date(m);
        if (date != NULL && g_date_time_to_unix(date) > 0 && g_date_time_to_unix(date) < 4102444800) t->date = g_date_time_to_unix(date) * FAIR_SECOND;
        automatic = g_mime_object_get_header((GMimeObject *)m, "Auto-Submitted");
        precedence = g_mime_object_get_header((GMimeObject *)m, "Precedence");
        t->automatic = (automatic != NULL && strncasecmp(automatic, "no", 2) != 0) || g_mime_object_get_header((GMimeObject *)m, "X-Autoreply") != NULL ||
                       (precedence != NULL && (strcasecmp(precedence, "bulk") == 0 || strcasecmp(precedence, "auto_reply") == 0 || strcasecmp(precedence, "list") == 0));
        add_references(a, t, g_mime_object_get_header((GMimeObject *)m, "In-Reply-To"));
        add_references(a, t, g_mime_object_get_header((GMimeObject *)m, "References"));
        read_auths(a, t, m);
        read_parts(a, t, m);
        if (t->bounce) g_mime_message_foreach(m, read_enclosed, &x);
        g_object_unref(m);
    }
    g_object_unref(parser);
    g_object_unref(in);
}
