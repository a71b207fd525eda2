/* source/html_walk.c - what becomes of the tags: which elements stand in the document, and in which namespace
 * (HTML standard, 13.2.6, as far as that depends on more than the tag itself). */
#include "source/html_private.h"
#include <stdlib.h>
#include <string.h>

struct open {
    uint8_t tag, ns;
    bool html_inside;         /* an HTML integration point           */
    bool text_inside;         /* a MathML text integration point     */
    bool fresh, columns;      /* a template: nothing in it has told its kind yet; only columns may stand in it */
    uint32_t name;            /* a hash, for elements of no known tag */
};

struct walk {
    struct html_lexer lexer;
    const struct html_sink *sink;
    struct open open[HTML_DEPTH];
    size_t depth, excess;     /* excess: opened beyond HTML_DEPTH    */
    unsigned count[TAG_END];  /* how many HTML elements of each are open */
    bool frameset;            /* a frameset took the body's place    */
    bool body;                /* something has begun the body        */
    bool busy;                /* no frameset can take its place any more */
    struct html_token token;
};

static uint32_t
name_hash(fair_str s)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        h = (h ^ (c >= 'A' && c <= 'Z' ? c | 32u : c)) * 16777619u;
    }
    return h;
}

static struct open *
current(struct walk *w)
{
    return w->depth > 0 ? &w->open[w->depth - 1] : NULL;
}

static void
pop(struct walk *w)
{
    struct open *o = &w->open[--w->depth];
    if (o->ns == NS_HTML) w->count[o->tag]--;
    if (o->ns == NS_HTML && o->tag != TAG_OTHER) w->sink->end(w->sink->with, (enum html_tag)o->tag);
}

static void
push(struct walk *w, enum html_tag tag, enum html_ns ns, fair_str name)
{
    struct open *o;

    if (w->depth == HTML_DEPTH) {
        w->excess++;
        return;
    }
    o = &w->open[w->depth++];
    *o = (struct open){ .tag = (uint8_t)tag, .ns = (uint8_t)ns, .name = tag == TAG_OTHER ? name_hash(name) : 0 };
    if (ns == NS_SVG) o->html_inside = tag == TAG_foreignobject || tag == TAG_desc || tag == TAG_title;
    if (ns == NS_MATH) o->text_inside = tag == TAG_mi || tag == TAG_mn || tag == TAG_mo || tag == TAG_ms || tag == TAG_mtext;
    if (ns == NS_HTML) w->count[tag]++;
}

static bool
is_same(const struct open *o, enum html_tag tag, uint32_t name)
{
    return o->tag == tag && (tag != TAG_OTHER || o->name == name);
}

/* --- end tags ------------------------------------------------------------------ */

/* Is this open element a wall that the end tag does not look beyond? */
static bool
is_wall(const struct open *o, bool special_too)
{
    unsigned f = fair_html_tag_flags((enum html_tag)o->tag);

    if (o->ns != NS_HTML) return o->html_inside || o->text_inside || (o->ns == NS_MATH && o->tag == TAG_annotation_xml);
    return (f & HTML_SCOPE) || (special_too && (f & HTML_SPECIAL));
}

/* Close the nearest open one, with everything in it. */
static void
close_to(struct walk *w, size_t at)
{
    while (w->depth > at) pop(w);
}

/* A formatting element ends: with all that it holds, or, if that has a block in it, by being taken out from below it (the
 * adoption agency, in effect). */
static void
take_out(struct walk *w, size_t at)
{
    enum html_tag tag = (enum html_tag)w->open[at].tag;
    bool block = false;

    for (size_t i = at + 1; i < w->depth && !block; i++) block = is_wall(&w->open[i], true);
    if (!block) {
        close_to(w, at);
        return;
    }
    memmove(w->open + at, w->open + at + 1, (w->depth - at - 1) * sizeof *w->open);
    w->depth--;
    w->count[tag]--;
    w->sink->end(w->sink->with, tag);
}

static bool
is_of_table(enum html_tag t)
{
    return t == TAG_table || t == TAG_tbody || t == TAG_thead || t == TAG_tfoot || t == TAG_tr || t == TAG_td || t == TAG_th || t == TAG_caption;
}

static void
html_end(struct walk *w, enum html_tag tag, fair_str name)
{
    unsigned flags = fair_html_tag_flags(tag);
    uint32_t h = tag == TAG_OTHER ? name_hash(name) : 0;
    bool past_scope = tag == TAG_template || is_of_table(tag), special_too = !(flags & (HTML_SPECIAL | HTML_FORMAT)) && !past_scope;

    if (tag == TAG_body || tag == TAG_html || tag == TAG_head || w->count[tag] == 0) return;
    for (size_t i = w->depth; i > 0; i--) {
        const struct open *o = &w->open[i - 1];
        if (o->ns == NS_HTML && is_same(o, tag, h)) {
            if (flags & HTML_FORMAT) take_out(w, i - 1);
            else close_to(w, i - 1);
            return;
        }
        if (past_scope ? (o->ns == NS_HTML && (o->tag == TAG_template || (o->tag == TAG_table && tag != TAG_template))) : is_wall(o, special_too)) return;
    }
}

/* In svg or math: up to the element of that name, as long as they are foreign; then it is HTML's. */
static void
foreign_end(struct walk *w, enum html_tag tag, fair_str name)
{
    uint32_t h = tag == TAG_OTHER ? name_hash(name) : 0;

    for (size_t i = w->depth; i > 0 && w->open[i - 1].ns != NS_HTML; i--) {
        if (!is_same(&w->open[i - 1], tag, h)) continue;
        close_to(w, i - 1);
        return;
    }
    html_end(w, tag, name);
}

static void
leave_foreign(struct walk *w)
{
    while (w->depth > 0 && w->open[w->depth - 1].ns != NS_HTML && !w->open[w->depth - 1].html_inside && !w->open[w->depth - 1].text_inside) pop(w);
}

/* --- start tags ------------------------------------------------------------------ */

/* Would this start tag be dropped?  A template that begins with <col> takes nothing else (13.2.6.4.22). */
static bool
is_dropped_in_template(struct walk *w, enum html_tag tag)
{
    struct open *o = current(w);

    if (o == NULL || o->ns != NS_HTML || o->tag != TAG_template) return false;
    if (o->columns) return tag != TAG_col && tag != TAG_template;
    if (!o->fresh) return false;
    switch (tag) {
    case TAG_base: case TAG_basefont: case TAG_bgsound: case TAG_link: case TAG_meta: case TAG_noframes: case TAG_script: case TAG_style:
    case TAG_template: case TAG_title:
        return false;
    default:
        o->fresh = false;
        o->columns = tag == TAG_col;
        return false;
    }
}

static void
tell(struct walk *w, enum html_tag tag, enum html_ns ns, fair_str raw)
{
    struct html_element e = { .token = &w->token, .tag = tag, .ns = ns, .raw = raw };
    w->sink->start(w->sink->with, &e, !w->frameset);
}

/* Close the nearest open `tag` unless a wall stands before it. */
static void
close_nearest(struct walk *w, enum html_tag tag, bool list_item)
{
    if (w->count[tag] == 0) return;
    for (size_t i = w->depth; i > 0; i--) {
        const struct open *o = &w->open[i - 1];
        if (o->ns == NS_HTML && o->tag == tag) {
            if (fair_html_tag_flags(tag) & HTML_FORMAT) take_out(w, i - 1);
            else close_to(w, i - 1);
            return;
        }
        if (tag == TAG_p && o->tag == TAG_button) return;
        if (is_wall(o, list_item && o->tag != TAG_address && o->tag != TAG_div && o->tag != TAG_p)) return;
    }
}

/* A cell, a row or a section of a table begins: what the last one held is over. */
static void
close_in_table(struct walk *w, bool cell)
{
    if (w->count[TAG_table] == 0) return;
    for (size_t i = w->depth; i > 0; i--) {
        const struct open *o = &w->open[i - 1];
        if (o->ns != NS_HTML) {
            if (o->html_inside) return;
        } else if (o->tag == TAG_table || o->tag == TAG_template || (cell && o->tag == TAG_tr)) {
            close_to(w, i);
            return;
        }
    }
}

/* The elements that a start tag closes by itself. */
static void
close_implied(struct walk *w, enum html_tag tag)
{
    switch (tag) {
    case TAG_td: case TAG_th:
        close_in_table(w, true);
        break;
    case TAG_tr: case TAG_tbody: case TAG_thead: case TAG_tfoot: case TAG_caption: case TAG_colgroup:
        close_in_table(w, false);
        break;
    case TAG_li: case TAG_dd: case TAG_dt:
        close_nearest(w, tag == TAG_dd ? TAG_dt : tag == TAG_dt ? TAG_dd : tag, true);
        if (tag != TAG_li) close_nearest(w, tag, true);
        close_nearest(w, TAG_p, false);
        break;
    case TAG_a: case TAG_button: case TAG_nobr: case TAG_option:
        close_nearest(w, tag, false);
        break;
    case TAG_address: case TAG_article: case TAG_aside: case TAG_blockquote: case TAG_center: case TAG_details: case TAG_dir: case TAG_div:
    case TAG_dl: case TAG_fieldset: case TAG_figcaption: case TAG_figure: case TAG_footer: case TAG_form: case TAG_h1: case TAG_h2: case TAG_h3:
    case TAG_h4: case TAG_h5: case TAG_h6: case TAG_header: case TAG_hgroup: case TAG_hr: case TAG_listing: case TAG_main: case TAG_menu:
    case TAG_nav: case TAG_ol: case TAG_p: case TAG_plaintext: case TAG_pre: case TAG_search: case TAG_section: case TAG_summary: case TAG_table:
    case TAG_ul: case TAG_xmp:
        close_nearest(w, TAG_p, false);
        break;
    default: break;
    }
}

/* The elements that may stand before a body. */
static bool
is_of_head(enum html_tag tag)
{
    switch (tag) {
    case TAG_html: case TAG_head: case TAG_base: case TAG_basefont: case TAG_bgsound: case TAG_link: case TAG_meta: case TAG_title: case TAG_noframes:
    case TAG_script: case TAG_style: case TAG_template: case TAG_noscript: case TAG_frameset: case TAG_frame:
        return true;
    default: return false;
    }
}

/* What stands in a template begins no body. */
static void
begin_body(struct walk *w)
{
    if (w->count[TAG_template] == 0) w->body = true;
}

/* Parts of tables mean nothing where no table is. */
static bool
is_stray(const struct walk *w, enum html_tag tag)
{
    return ((is_of_table(tag) && tag != TAG_table) || tag == TAG_colgroup) && w->count[TAG_table] == 0 && w->count[TAG_template] == 0;
}

static void
html_start(struct walk *w)
{
    struct html_token *t = &w->token;
    enum html_tag tag = t->tag == TAG_image ? TAG_img : t->tag;
    unsigned flags = fair_html_tag_flags(tag);
    fair_str raw = { NULL, 0 };

    if (tag == TAG_frameset && !w->frameset) {
        if (w->busy && (w->body || w->count[TAG_template] > 0)) return;
        w->frameset = true;
        w->depth = w->excess = 0;
        memset(w->count, 0, sizeof w->count);
    }
    if (!is_of_head(tag)) begin_body(w);
    if (tag == TAG_body) w->busy = true;
    else if (tag == TAG_input && !w->busy) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        if (!fair_str_eq_nocase(fair_html_attr(a, t, "type"), FAIR_STR("hidden"))) w->busy = true;
    } else if (flags & HTML_BUSY) w->busy = true;
    if (w->frameset && (tag == TAG_script || (flags & HTML_RAW)) && tag != TAG_noframes) return;
    if (tag == TAG_svg || tag == TAG_math) {
        enum html_ns ns = tag == TAG_svg ? NS_SVG : NS_MATH;
        tell(w, tag, ns, raw);
        if (!t->self_closing) push(w, tag, ns, t->name);
        return;
    }
    if (is_stray(w, tag)) return;
    close_implied(w, tag);
    if (tag == TAG_script || tag == TAG_plaintext || (flags & HTML_RAW)) {
        raw = fair_html_raw(&w->lexer, tag);
        tell(w, tag, NS_HTML, raw);
        if (tag != TAG_plaintext && w->lexer.at < w->lexer.in.n) {
            enum html_kind kind = t->kind;
            fair_html_next(&w->lexer, false, t);   /* its end tag */
            t->kind = kind;
        }
        return;
    }
    tell(w, tag, NS_HTML, raw);
    if ((flags & HTML_VOID) || tag == TAG_html || tag == TAG_head || tag == TAG_body) return;
    push(w, tag, NS_HTML, t->name);
    if (tag == TAG_template && w->excess == 0) current(w)->fresh = true;
}

static bool
leaves_foreign(const struct html_token *t)
{
    if (t->tag == TAG_font) return fair_html_has(t, "color") || fair_html_has(t, "face") || fair_html_has(t, "size");
    return fair_html_tag_flags(t->tag) & HTML_BREAKOUT;
}

static void
foreign_start(struct walk *w)
{
    struct html_token *t = &w->token;
    struct open *o = current(w);
    enum html_ns ns = (enum html_ns)o->ns;

    tell(w, t->tag, ns, (fair_str){ NULL, 0 });
    if (t->self_closing) return;
    push(w, t->tag, ns, t->name);
    if (ns == NS_MATH && t->tag == TAG_annotation_xml && w->excess == 0) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        fair_str e = fair_html_attr(a, t, "encoding");
        current(w)->html_inside = fair_str_eq_nocase(e, FAIR_STR("text/html")) || fair_str_eq_nocase(e, FAIR_STR("application/xhtml+xml"));
    }
}

/* Does HTML read this start tag, though an element of svg or math may be open (13.2.6, the dispatcher)? */
static bool
is_for_html(const struct open *o, const struct html_token *t)
{
    if (o == NULL || o->ns == NS_HTML || o->html_inside) return true;
    if (o->text_inside) return t->tag != TAG_mglyph && t->tag != TAG_malignmark;
    return o->ns == NS_MATH && o->tag == TAG_annotation_xml && t->tag == TAG_svg;
}

static void
start(struct walk *w)
{
    if (!is_for_html(current(w), &w->token)) {
        if (!leaves_foreign(&w->token)) {
            foreign_start(w);
            return;
        }
        leave_foreign(w);
    }
    if (!is_dropped_in_template(w, w->token.tag)) html_start(w);
}

static void
end(struct walk *w)
{
    struct html_token *t = &w->token;
    struct open *o = current(w);

    if (w->excess > 0) {
        w->excess--;
        return;
    }
    if (t->tag == TAG_br) w->busy = true;
    if (t->tag == TAG_br || t->tag == TAG_body || t->tag == TAG_html) begin_body(w);
    if (o != NULL && o->ns != NS_HTML) {
        if (t->tag == TAG_br || t->tag == TAG_p) leave_foreign(w);
        else {
            foreign_end(w, t->tag, t->name);
            return;
        }
    }
    html_end(w, t->tag, t->name);
}

static bool
is_blank(fair_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] <= ' ') continue;
        /* A NUL, mended; it counts for nothing. */
        if (s.n - i < 3 || memcmp(s.p + i, "\xef\xbf\xbd", 3) != 0) return false;
        i += 2;
    }
    return true;
}

void
fair_html_walk(fair_str utf8, const struct html_sink *sink)
{
    struct walk *w = fair_xcalloc(1, sizeof *w);

    w->lexer.in = utf8;
    w->sink = sink;
    do {
        const struct open *o = current(w);
        fair_html_next(&w->lexer, o != NULL && o->ns != NS_HTML, &w->token);
        if (w->token.text.n > 0) {
            if ((!w->busy || !w->body) && !is_blank(w->token.text)) {
                w->busy = true;
                begin_body(w);
            }
            if (!w->frameset) sink->text(sink->with, w->token.text);
        }
        if (w->token.kind == HTML_START) start(w);
        else if (w->token.kind == HTML_END) end(w);
    } while (w->token.kind != HTML_EOF);
    while (w->depth > 0) pop(w);
    free(w);
}
