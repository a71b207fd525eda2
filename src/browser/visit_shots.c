/* visit_shots.c - pictures and files of a page: viewport, full page under a band that says where and when, MHTML, PDF, DOM. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/digest.h"
#include "browser/png_join.h"
#include "browser/visit_private.h"

#define TILE 4096                 /* rows of one screenshot: below what a graphics texture holds */
#define BAND 44                   /* rows above the page */

/* The base64 member `key` of an answer, decoded. */
static fair_str
decoded(struct fair_visiting *x, json_t *r, const char *key)
{
    fair_str out = { NULL, 0 };

    if (!fair_unbase64(x->arena, fair_said_text(r, key), &out)) out = (fair_str){ NULL, 0 };
    return out.n > 0 ? out : (fair_str){ NULL, 0 };
}

static fair_status
shoot(struct fair_visiting *x, const char *session, int64_t y, int64_t width, int64_t height, bool beyond, fair_str *png, struct fair_err *err)
{
    json_t *r = NULL;
    fair_status s;

    *png = (fair_str){ NULL, 0 };
    s = fair_browser_call(x->browser, session, "Page.captureScreenshot",
        json_pack("{s:s, s:b, s:b, s:{s:i, s:I, s:I, s:I, s:i}}", "format", "png", "captureBeyondViewport", beyond, "optimizeForSpeed", 1, "clip", "x", 0, "y",
                  (json_int_t)y, "width", (json_int_t)width, "height", (json_int_t)height, "scale", 1), (int)x->o->seconds * 1000, &r, err);
    if (s == FAIR_OK) *png = decoded(x, r, "data");
    json_decref(r);
    return s;
}

fair_status
fair_visit_viewport(struct fair_visiting *x, struct fair_err *err)
{
    struct fair_err why = { 0 };
    fair_str png;
    fair_status s = shoot(x, x->session.p, 0, x->v->width, x->v->height, false, &png, &why);

    if (s == FAIR_IO || x->crashed) return fair_fail(err, FAIR_IO, "%s", why.text);
    if (s != FAIR_OK || png.n == 0) fair_visit_note(x, "No picture of the viewport could be taken: %s", why.text);
    else if (fair_png_join(x->arena, &png, 1, NULL, 0, &x->v->viewport_png, &why) != FAIR_OK) fair_visit_note(x, "The viewport's picture is broken: %s", why.text);
    return FAIR_OK;
}

static void
add_escaped(struct fair_buf *b, fair_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '<') fair_buf_c(b, "&lt;");
        else if (c == '&') fair_buf_c(b, "&amp;");
        else if (c == '"') fair_buf_c(b, "&quot;");
        else fair_buf_byte(b, c);
    }
}

/* The band is a page of its own in the same browser, so that any script's letters can stand on it. */
static fair_status
band(struct fair_visiting *x, fair_str *png, struct fair_err *err)
{
    struct fair_buf b = FAIR_BUF(x->arena, 32768);
    json_t *r = NULL;
    fair_str target, session, frame, url = x->v->final_url;
    fair_status s;

    if (url.n > 400) url.n = 400;
    fair_buf_fmt(&b, "<!doctype html><meta charset=utf-8><style>html,body{margin:0;background:#fff;overflow:hidden}"
                     "div{box-sizing:border-box;height:%dpx;padding:4px 8px;border-bottom:2px solid #000;font:14px/17px sans-serif;color:#000;overflow:hidden;white-space:nowrap}</style><div>", BAND);
    add_escaped(&b, url);
    fair_buf_fmt(&b, "<br><b>%.*s</b> (UTC) &middot; the page as captured stands below this line</div>", FAIR_STR_ARG(fair_time_text(x->arena, x->v->ended)));
    fair_buf_byte(&b, '\0');
    FAIR_TRY(fair_browser_call(x->browser, NULL, "Target.createTarget", json_pack("{s:s}", "url", "about:blank"), 10000, &r, err));
    target = fair_str_dup(x->arena, fair_said_text(r, "targetId"));
    json_decref(r);
    FAIR_TRY(fair_browser_call(x->browser, NULL, "Target.attachToTarget", json_pack("{s:s, s:b}", "targetId", target.p, "flatten", 1), 10000, &r, err));
    session = fair_str_dup(x->arena, fair_said_text(r, "sessionId"));
    json_decref(r);
    FAIR_TRY(fair_browser_call(x->browser, session.p, "Emulation.setDeviceMetricsOverride", json_pack("{s:I, s:i, s:i, s:b}", "width", (json_int_t)x->v->page_width, "height", 200, "deviceScaleFactor", 1, "mobile", 0), 10000, NULL, err));
    FAIR_TRY(fair_browser_call(x->browser, session.p, "Page.getFrameTree", NULL, 10000, &r, err));
    frame = fair_str_dup(x->arena, fair_said_text(fair_said_object(fair_said_object(r, "frameTree"), "frame"), "id"));
    json_decref(r);
    FAIR_TRY(fair_browser_call(x->browser, session.p, "Page.setDocumentContent", json_pack("{s:s, s:s}", "frameId", frame.p != NULL ? frame.p : "", "html", b.p), 10000, NULL, err));
    s = shoot(x, session.p, 0, x->v->page_width, BAND, false, png, err);
    FAIR_TRY(fair_browser_tell(x->browser, NULL, "Target.closeTarget", json_pack("{s:s}", "targetId", target.p), err));
    return s;
}

fair_status
fair_visit_full_page(struct fair_visiting *x, struct fair_err *err)
{
    struct fair_visit *v = x->v;
    fair_str parts[64], url = fair_str_escape(x->arena, v->final_url);
    struct fair_png_note notes[3] = { { "Source", { url.p, url.n < 2000 ? url.n : 2000 } }, { "Creation Time", fair_time_text(x->arena, v->ended) },
                                      { "Software", FAIR_STR("Fairtrack") } };
    struct fair_err why = { 0 };
    size_t n = 1;
    fair_status s = FAIR_OK;

    v->shown_height = v->page_height < x->o->max_height ? v->page_height : x->o->max_height;
    if (v->shown_height < v->page_height)
        fair_visit_note(x, "The page is %lld pixels tall; the picture shows the first %lld.", (long long)v->page_height, (long long)v->shown_height);
    for (int64_t y = 0; y < v->shown_height && s == FAIR_OK && n < 64; y += TILE) {
        int64_t h = v->shown_height - y < TILE ? v->shown_height - y : TILE;
        s = shoot(x, x->session.p, y, v->page_width, h, true, &parts[n], &why);
        if (s == FAIR_OK && parts[n].n == 0) s = fair_fail(&why, FAIR_CORRUPT, "an empty screenshot");
        if (s == FAIR_OK) n++;
        if (x->o->stopped != NULL && x->o->stopped(x->o->arg)) return fair_fail(err, FAIR_AGAIN, "stopped");
    }
    v->ended = fair_now();
    if (n > 2) fair_visit_note(x, "The page's picture was taken in %zu parts of %d rows and joined; what is fixed to the window may stand on each.", n - 1, TILE);
    if (s == FAIR_OK) s = band(x, &parts[0], &why);
    if (s == FAIR_IO || x->crashed) return fair_fail(err, FAIR_IO, "%s", why.text);
    if (s == FAIR_OK) s = fair_png_join(x->arena, parts, n, notes, 3, &v->page_png, &why);
    if (s != FAIR_OK) fair_visit_note(x, "No picture of the whole page could be taken: %s", why.text);
    else v->band = BAND;
    return FAIR_OK;
}

fair_status
fair_visit_files(struct fair_visiting *x, struct fair_err *err)
{
    struct fair_visit *v = x->v;
    json_t *r = NULL;
    int64_t node;
    fair_str text;

    FAIR_TRY(fair_visit_try(x, "the DOM", "DOM.getDocument", json_pack("{s:i}", "depth", 0), &r, err));
    node = (int64_t)fair_said_number(fair_said_object(r, "root"), "nodeId");
    json_decref(r);
    FAIR_TRY(fair_visit_try(x, "the DOM", "DOM.getOuterHTML", json_pack("{s:I}", "nodeId", (json_int_t)node), &r, err));
    text = fair_said_text(r, "outerHTML");
    if (text.n > x->o->max_body) fair_visit_note(x, "The DOM has %zu bytes and was not kept.", text.n);
    else if (text.p != NULL) v->dom = fair_str_dup(x->arena, text);
    json_decref(r);
    FAIR_TRY(fair_visit_try(x, "MHTML", "Page.captureSnapshot", json_pack("{s:s}", "format", "mhtml"), &r, err));
    text = fair_said_text(r, "data");
    if (text.n > x->o->max_bodies) fair_visit_note(x, "The MHTML has %zu bytes and was not kept.", text.n);
    else if (text.p != NULL) v->mhtml = fair_str_dup(x->arena, text);
    json_decref(r);
    FAIR_TRY(fair_visit_try(x, "a PDF", "Page.printToPDF", json_pack("{s:b, s:b, s:s, s:s}", "printBackground", 1, "displayHeaderFooter", 1,
        "headerTemplate", "<div style='font-size:7px;width:100%;margin:0 8mm'><span class=url></span> &middot; <span class=date></span> (UTC)</div>",
        "footerTemplate", "<div style='font-size:7px;width:100%;margin:0 8mm'><span class=pageNumber></span>/<span class=totalPages></span></div>"), &r, err));
    if (r != NULL) v->pdf = decoded(x, r, "data");
    json_decref(r);
    return FAIR_OK;
}
