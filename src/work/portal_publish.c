/* work/portal_publish.c - a notice as its recipient sees it (docs/formats/portal-folder.md), made from the rows and the letter's kept inputs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "http/http.h"
#include "evidence/zip.h"
#include "work/notary.h"
#include "work/portal_private.h"

enum { PICTURE_MAX = 4 * 1024 * 1024, LETTER_MAX = 32 * 1024 * 1024 };

fair_str
fair_portal_link_new(const struct fair_house *h, struct fair_arena *a)
{
    fair_str url = h->config.portal_url;

    while (url.n > 0 && url.p[url.n - 1] == '/') url.n--;
    if (url.n == 0) return url;
    return fair_str_fmt(a, "%.*s/n/%.*s", FAIR_STR_ARG(url), FAIR_STR_ARG(fair_link_secret_new(a)));
}

fair_str
fair_portal_verify_link(const struct fair_house *h, fair_str code, struct fair_arena *a)
{
    fair_str url = h->config.portal_url;

    while (url.n > 0 && url.p[url.n - 1] == '/') url.n--;
    return url.n == 0 ? (fair_str){ NULL, 0 } : fair_str_fmt(a, "%.*s/v/%.*s", FAIR_STR_ARG(url), FAIR_STR_ARG(code));
}

fair_str
fair_publishing_fact(const struct fair_publishing *p, const char *name)
{
    return fair_letter_fact_get(p->letter.facts, fair_str_of(name));
}

void
fair_publishing_file(struct fair_publishing *p, fair_str name, fair_str bytes)
{
    if (p->n_files < FAIR_NOTICE_FILES) p->files[p->n_files++] = (struct fair_shelf_file){ name, bytes };
}

/* ---- what ---- */

static json_t *
box(const double v[4])
{
    return json_pack("[f,f,f,f]", v[0], v[1], v[2], v[3]);
}

/* A kept preview as a file of the notice; the size it stands for is the whole picture's, so that boxes fit. */
static fair_status
put_picture(struct fair_publishing *p, json_t *o, const struct fair_sha256 *key, fair_str name, int64_t w, int64_t h, struct fair_err *err)
{
    fair_str bytes;
    fair_status s;

    if (fair_sha256_none(key)) return FAIR_OK;
    s = fair_vault_read(p->h->vault, key, PICTURE_MAX, p->a, &bytes, err);
    if (s == FAIR_NOT_FOUND) return FAIR_OK;                      /* erased since: the page does without */
    if (s != FAIR_OK) return s;
    fair_publishing_file(p, name, bytes);
    fair_put(o, "picture", name);
    json_object_set_new(o, "width", json_integer(w));
    json_object_set_new(o, "height", json_integer(h));
    return FAIR_OK;
}

struct use_list { struct fair_publishing *p; json_t *works, *uses; };

static fair_status
use_work(struct use_list *l, fair_id id, int64_t *at, struct fair_err *err)
{
    struct fair_publishing *p = l->p;
    struct fair_work w;
    json_t *o;

    for (size_t i = 0; i < p->n_works; i++)
        if (p->works[i] == id) return *at = (int64_t)i, FAIR_OK;
    FAIR_TRY(fair_store_work_get(&p->h->desk, id, p->a, &w, err));
    o = json_object();
    json_array_append_new(l->works, o);
    fair_put(o, "title", w.title);
    fair_put(o, "sha256", fair_hex(p->a, w.sha256.b, 32));
    *at = (int64_t)p->n_works;
    p->works[p->n_works++] = id;
    return put_picture(p, o, &w.preview, fair_str_fmt(p->a, "work-%zu.jpg", p->n_works), w.width, w.height, err);
}

/* Why they are held to be the same, as codes and figures (index/match_words.c says the same in English): {"why","n"}. */
static void
put_reasons(json_t *use, const struct fair_hit *x)
{
    double all = (double)x->width * (double)x->height, part = (x->box[2] - x->box[0]) * (x->box[3] - x->box[1]);
    double straight = x->rotation - 90 * (double)(int)(x->rotation / 90 + (x->rotation < 0 ? -.5 : .5));
    int quarter = ((int)(x->rotation / 90 + (x->rotation < 0 ? -.5 : .5)) % 4 + 4) % 4;
    json_t *list = json_array();

    json_object_set_new(use, "reasons", list);
    if (fair_str_eq(x->verdict, FAIR_STR("same_scene"))) json_array_append_new(list, json_pack("{s:s}", "why", "scene"));
    if (x->bits < 40) json_array_append_new(list, json_pack("{s:s, s:i}", "why", "whole", "n", (int)x->bits));
    if (x->agree >= 4) json_array_append_new(list, json_pack("{s:s, s:i}", "why", "spots", "n", (int)x->agree));
    if (x->has_map) {
        if (x->mirrored) json_array_append_new(list, json_pack("{s:s}", "why", "mirrored"));
        if (straight < 1 && straight > -1 && quarter != 0) json_array_append_new(list, json_pack("{s:s, s:i}", "why", "turned", "n", quarter * 90));
        if (straight >= 1 || straight <= -1) json_array_append_new(list, json_pack("{s:s, s:i}", "why", "turned", "n", (int)x->rotation));
        if (x->covers > 0 && x->covers < .97) json_array_append_new(list, json_pack("{s:s, s:i}", "why", "cropped", "n", (int)(x->covers * 100 + .5)));
        if (all > 0 && part > 0 && part < .9 * all) json_array_append_new(list, json_pack("{s:s, s:i}", "why", "fills", "n", (int)(100 * part / all + .5)));
        if (x->scale > 0 && (x->scale < .67 || x->scale > 1.5))
            json_array_append_new(list, json_pack("{s:s, s:i}", "why", x->scale < 1 ? "shrunk" : "enlarged", "n", (int)(100 * x->scale + .5)));
    }
    if (x->residual >= 0) json_array_append_new(list, json_pack("{s:s, s:i}", "why", "pixels", "n", (int)(x->residual + .5)));
}

static fair_status
put_use(void *arg, const struct fair_case_use *row, struct fair_err *err)
{
    struct use_list *l = arg;
    struct fair_publishing *p = l->p;
    struct fair_hit x;
    int64_t work = 0;
    json_t *o;
    size_t n = json_array_size(l->uses) + 1;

    if (n > FAIR_PORTAL_USES) return FAIR_OK;
    p->hits[p->n_hits++] = row->hit;
    FAIR_TRY(use_work(l, row->work, &work, err));
    FAIR_TRY(fair_store_hit_get(&p->h->desk, row->hit, p->a, &x, err));
    o = json_object();
    json_array_append_new(l->uses, o);
    fair_put(o, "page_url", x.page_url);
    fair_put(o, "image_url", x.image_url);
    fair_put_time(o, "seen", x.last_seen);
    json_object_set_new(o, "ended", json_boolean(x.gone != 0));
    json_object_set_new(o, "work", json_integer(work));
    json_object_set_new(o, "box", box(x.box));
    json_object_set_new(o, "work_box", box(x.work_box));
    put_reasons(o, &x);
    return put_picture(p, o, &x.preview, fair_str_fmt(p->a, "found-%zu.jpg", n), x.width, x.height, err);
}

static fair_status
put_uses(struct fair_publishing *p, struct fair_err *err)
{
    struct use_list l = { .p = p, .works = json_array(), .uses = json_array() };

    json_object_set_new(p->out, "works", l.works);
    json_object_set_new(p->out, "uses", l.uses);
    return fair_store_case_uses(&p->h->desk, p->c.id, put_use, &l, err);
}

/* ---- the letter ---- */

static fair_str
plain(struct fair_publishing *p, const struct fair_spans *s)
{
    struct fair_buf b = FAIR_BUF(p->a, 1 << 18);

    for (size_t i = 0; i < s->n; i++) fair_buf_add(&b, s->p[i].text);
    return (fair_str){ b.p != NULL ? b.p : "", b.n };
}

static void
put_block(json_t *list, const char *kind, fair_str s)
{
    json_t *o = json_object();

    fair_put(o, kind, s);
    json_array_append_new(list, o);
}

static json_t *
blocks(struct fair_publishing *p)
{
    json_t *list = json_array();

    for (const struct fair_block *b = p->letter.document->first; b != NULL; b = b->next) {
        switch (b->kind) {
        case FAIR_BLOCK_HEADING: put_block(list, "h", plain(p, &b->text)); break;
        case FAIR_BLOCK_PARAGRAPH: put_block(list, "p", plain(p, &b->text)); break;
        case FAIR_BLOCK_ITEM: put_block(list, "li", plain(p, &b->text)); break;
        case FAIR_BLOCK_MONO: put_block(list, "pre", plain(p, &b->text)); break;
        case FAIR_BLOCK_KEYS:
        case FAIR_BLOCK_TABLE:
            for (size_t r = 0; r < b->n_rows; r++) {
                struct fair_buf line = FAIR_BUF(p->a, 1 << 16);
                for (size_t c = 0; c < b->n_columns; c++) {
                    if (c > 0) fair_buf_c(&line, c == 1 ? ": " : ", ");
                    fair_buf_add(&line, plain(p, &b->cells[r * b->n_columns + c]));
                }
                put_block(list, "li", (fair_str){ line.p != NULL ? line.p : "", line.n });
            }
            break;
        default: break;                                             /* pictures and the QR code are on the page itself */
        }
    }
    return list;
}

static fair_status
put_letter(struct fair_publishing *p, struct fair_err *err)
{
    json_t *o = json_object();
    fair_str text;

    json_object_set_new(p->out, "letter", o);
    json_object_set_new(o, "blocks", blocks(p));
    FAIR_TRY(fair_document_text(p->letter.document, p->a, &text, err));
    fair_publishing_file(p, FAIR_STR("letter.txt"), text);
    fair_put(o, "text", FAIR_STR("letter.txt"));
    if (fair_sha256_none(&p->n.pdf)) return FAIR_OK;
    FAIR_TRY(fair_vault_read(p->h->vault, &p->n.pdf, LETTER_MAX, p->a, &text, err));
    fair_publishing_file(p, FAIR_STR("letter.pdf"), text);
    fair_put(o, "pdf", FAIR_STR("letter.pdf"));
    fair_put(o, "sha256", fair_hex(p->a, p->n.pdf.b, 32));
    return FAIR_OK;
}

/* ---- the recipient's own file ---- */

/* A letter that left, by its place: its text and its PDF. */
static fair_status
zip_letter(struct fair_publishing *p, const struct fair_portal_letter *l, size_t at, struct fair_zip_put *z, size_t *n, struct fair_err *err)
{
    struct fair_letter_filled again;
    fair_str inputs, bytes;
    fair_status s = fair_vault_read(p->h->vault, &l->inputs, (size_t)2 << 20, p->a, &inputs, err);

    if (s == FAIR_NOT_FOUND) return FAIR_OK;                      /* erased since */
    if (s != FAIR_OK) return s;
    FAIR_TRY(fair_letter_again(p->letters, inputs, p->a, &again, err));
    FAIR_TRY(fair_document_text(again.document, p->a, &bytes, err));
    z[(*n)++] = (struct fair_zip_put){ fair_str_fmt(p->a, "letters/%02zu-%.*s.txt", at, FAIR_STR_ARG(l->code)), bytes };
    if (fair_sha256_none(&l->pdf)) return FAIR_OK;
    s = fair_vault_read(p->h->vault, &l->pdf, LETTER_MAX, p->a, &bytes, err);
    if (s == FAIR_NOT_FOUND) return FAIR_OK;
    if (s != FAIR_OK) return s;
    z[(*n)++] = (struct fair_zip_put){ fair_str_fmt(p->a, "letters/%02zu-%.*s.pdf", at, FAIR_STR_ARG(l->code)), bytes };
    return FAIR_OK;
}

/* Everything of the matter that the recipient may see, as one file to keep: the facts of the page, its pictures and every letter
 * that left.  The packages are files of their own beside it.  The same rows give the same bytes. */
static fair_status
put_zip(struct fair_publishing *p, struct fair_err *err)
{
    struct fair_zip_put z[FAIR_NOTICE_FILES + 2 * FAIR_PORTAL_LETTERS + 1];
    char *text = json_dumps(p->out, JSON_INDENT(1) | JSON_SORT_KEYS);
    fair_str zip;
    size_t n = 0;

    z[n++] = (struct fair_zip_put){ FAIR_STR("notice.json"), fair_str_dup(p->a, fair_str_of(text != NULL ? text : "{}")) };
    free(text);
    for (size_t i = 0; i < p->n_files; i++)
        if (p->files[i].bytes.p != NULL && fair_str_ends(p->files[i].name, FAIR_STR(".jpg")))
            z[n++] = (struct fair_zip_put){ fair_str_fmt(p->a, "pictures/%.*s", FAIR_STR_ARG(p->files[i].name)), p->files[i].bytes };
    for (size_t i = p->n_sent; i-- > 0;) FAIR_TRY(zip_letter(p, &p->sent[i], p->n_sent - i, z, &n, err));
    FAIR_TRY(fair_zip_write(z, n, p->a, &zip, err));
    if (zip.n > FAIR_NOTICE_FILE_MAX) return FAIR_OK;
    fair_publishing_file(p, FAIR_STR("file.zip"), zip);
    fair_put(p->out, "file", FAIR_STR("file.zip"));
    return FAIR_OK;
}

/* The letters of the case that left, the newest first. */
static fair_status
one_sent(void *arg, const struct fair_notice *n, struct fair_err *err)
{
    struct fair_publishing *p = arg;

    (void)err;
    if (n->queued == 0 || p->n_sent == FAIR_PORTAL_LETTERS) return FAIR_OK;
    p->sent[p->n_sent++] = (struct fair_portal_letter){ n->id, fair_str_dup(p->a, n->code), fair_str_dup(p->a, n->step), n->pdf, n->inputs };
    return FAIR_OK;
}

/* The secret of the link that the letter names. */
static fair_str
secret_of(fair_str url)
{
    for (size_t i = 0; i + 3 + FAIR_LINK_SECRET <= url.n; i++) {
        fair_str s = { url.p + i + 3, FAIR_LINK_SECRET };
        if (memcmp(url.p + i, "/n/", 3) == 0 && i + 3 + FAIR_LINK_SECRET == url.n && fair_link_secret_ok(s)) return s;
    }
    return (fair_str){ NULL, 0 };
}

/* What was signed, by which key, and the signature: enough for openssl alone. */
static fair_status
put_signature(struct fair_publishing *p, struct fair_err *err)
{
    struct fair_sha256 hash = fair_notice_hash(&p->n);
    struct fair_seal_key *keys;
    const struct fair_seal_key *key = NULL;
    json_t *o;
    size_t n;

    if (p->n.signature.n == 0) return FAIR_OK;
    FAIR_TRY(fair_notary_keys(p->h, p->a, &keys, &n, err));
    for (size_t i = 0; i < n; i++)
        if (key == NULL || keys[i].from <= p->n.created) key = &keys[i];         /* the one in use when it was made */
    o = json_object();
    json_object_set_new(p->out, "signature", o);
    fair_put(o, "signed", fair_str_fmt(p->a, "sha256:%.*s", FAIR_STR_ARG(fair_hex(p->a, hash.b, sizeof hash.b))));
    fair_put(o, "sig", fair_base64(p->a, p->n.signature.p, p->n.signature.n));
    if (key == NULL) return FAIR_OK;
    fair_put(o, "key", key->id);
    fair_put(o, "key_der", fair_base64(p->a, key->key.p, key->key.n));
    return FAIR_OK;
}

/* "close-wrong" is a closing letter to the page, "answer-own-work" an answer. */
static const char *
page_step(fair_str step)
{
    if (fair_str_starts(step, FAIR_STR("close"))) return "closing";
    if (fair_str_starts(step, FAIR_STR("answer")) || fair_str_eq(step, FAIR_STR("decision"))) return "answer";
    if (fair_str_starts(step, FAIR_STR("inquiry"))) return "inquiry";
    return NULL;
}

static fair_status
compose(struct fair_publishing *p, struct fair_err *err)
{
    struct fair_notice_filter all = { .case_id = p->c.id, .page = { 0, FAIR_PORTAL_LETTERS } };
    const char *step = page_step(p->n.step);
    json_t *terms;

    json_object_set_new(p->out, "version", json_integer(1));
    fair_put(p->out, "id", p->n.code);
    fair_put(p->out, "step", step != NULL ? fair_str_of(step) : p->n.step);
    fair_put(p->out, "language", p->n.language);
    fair_put(p->out, "law", p->n.law);
    fair_put_time(p->out, "issued", p->n.queued != 0 ? p->n.queued : p->n.created);
    FAIR_TRY(fair_store_notices(&p->h->desk, &all, one_sent, p, err));
    FAIR_TRY(put_uses(p, err));
    FAIR_TRY(fair_publish_who(p, err));
    FAIR_TRY(put_letter(p, err));
    FAIR_TRY(fair_publish_gates(p, err));
    FAIR_TRY(fair_publish_evidence(p, err));
    FAIR_TRY(fair_publish_history(p, err));
    fair_publish_privacy(p);
    terms = fair_portal_terms_facts(p->h, p->a);
    json_object_set_new(p->out, "terms", terms != NULL ? terms : json_null());
    FAIR_TRY(put_signature(p, err));
    p->secret = secret_of(fair_publishing_fact(p, "letter.answer_url"));
    return put_zip(p, err);
}

static fair_status
publish(struct fair_publishing *p, const struct fair_portal_home *home, struct fair_err *err)
{
    fair_str json;
    char *text;

    FAIR_TRY(compose(p, err));
    text = json_dumps(p->out, JSON_INDENT(1) | JSON_SORT_KEYS);
    if (text == NULL) return fair_fail(err, FAIR_IO, "notice %.*s does not become JSON", FAIR_STR_ARG(p->n.code));
    json = fair_str_dup(p->a, fair_str_of(text));
    free(text);
    FAIR_TRY(fair_shelf_notice_put(&home->shelf, p->n.code, json, p->files, p->n_files, err));
    if (p->secret.n == 0) return FAIR_OK;
    {
        struct fair_sha256 key = fair_sha256_of(p->secret.p, p->secret.n);
        fair_time from = p->n.queued != 0 ? p->n.queued : p->n.created, expires = from + p->h->config.portal_link_days * FAIR_DAY;
        FAIR_TRY(fair_store_portal_link_put(&p->h->desk, p->n.id, &key, p->now, expires, "letter", err));
        return fair_shelf_link_put(&home->shelf, p->secret, p->n.code, expires, err);
    }
}

fair_status
fair_portal_publish(struct fair_house *h, fair_id notice, fair_time now, struct fair_err *err)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_publishing p = { .h = h, .a = a, .now = now };
    struct fair_portal_home home;
    struct fair_letters *letters;
    fair_str inputs, was = { NULL, 0 };
    json_t *before = NULL;
    fair_status s;

    FAIR_TRY(fair_house_vault(h, err));
    FAIR_TRY(fair_store_notice_get(&h->desk, notice, a, &p.n, err));
    if (fair_sha256_none(&p.n.inputs)) return fair_fail(err, FAIR_INVALID, "notice %.*s has no letter yet", FAIR_STR_ARG(p.n.code));
    FAIR_TRY(fair_store_case_get(&h->desk, p.n.case_id, a, &p.c, err));
    FAIR_TRY(fair_store_case_gather(&h->desk, p.n.case_id, notice, now, a, &p.facts, err));
    FAIR_TRY(fair_letters_load(a, fair_letters_builtin(), &letters, err));
    p.letters = letters;
    s = fair_vault_read(h->vault, &p.n.inputs, (size_t)2 << 20, a, &inputs, err);
    if (s == FAIR_NOT_FOUND) return FAIR_OK;                      /* its time was over and it was erased: it is shown no more */
    FAIR_TRY(s);
    FAIR_TRY(fair_letter_again(letters, inputs, a, &p.letter, err));
    FAIR_TRY(fair_portal_home_open(h, a, &home, err));
    p.shelf = &home.shelf;
    s = fair_shelf_notice_get(&home.shelf, p.n.code, a, &was, err);
    if (s != FAIR_OK && s != FAIR_NOT_FOUND) return s;
    if (s == FAIR_OK) before = json_loadb(was.p, was.n, 0, NULL);
    p.was = before;
    p.out = json_object();
    s = publish(&p, &home, err);
    json_decref(p.out);
    json_decref(before);
    return s;
}

struct published { fair_id ids[64]; size_t n; };

static fair_status
keep_published(void *arg, const struct fair_notice *n, struct fair_err *err)
{
    struct published *l = arg;

    (void)err;
    if (n->queued != 0 && l->n < sizeof l->ids / sizeof *l->ids && !fair_sha256_none(&n->inputs)) l->ids[l->n++] = n->id;
    return FAIR_OK;
}

fair_status
fair_portal_publish_case(struct fair_house *h, fair_id case_id, fair_time now, struct fair_err *err)
{
    struct fair_notice_filter f = { .case_id = case_id, .page = { 0, 64 } };
    struct published l = { .n = 0 };

    FAIR_TRY(fair_store_notices(&h->desk, &f, keep_published, &l, err));
    for (size_t i = 0; i < l.n; i++) FAIR_TRY(fair_portal_publish(h, l.ids[i], now, err));
    return FAIR_OK;
}
