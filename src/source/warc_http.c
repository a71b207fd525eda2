/* source/warc_http.c - an HTTP answer as an archive holds it: headers, and the codings of its body. */
#include <brotli/decode.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>
#include <zstd.h>
#include "source/warc_private.h"

size_t
fair_http_end(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] != '\n') continue;
        if (i + 1 < n && p[i + 1] == '\n') return i + 2;
        if (i + 2 < n && p[i + 1] == '\r' && p[i + 2] == '\n') return i + 3;
    }
    return SIZE_MAX;
}

fair_str
fair_http_header(fair_str headers, const char *name)
{
    const size_t len = strlen(name);
    fair_str line;

    while (fair_str_split(&headers, '\n', &line))
        if (line.n > len && line.p[len] == ':' && strncasecmp(line.p, name, len) == 0)
            return fair_str_trim((fair_str){ line.p + len + 1, line.n - len - 1 });
    return (fair_str){ 0 };
}

/* ---- chunks (RFC 9112 7.1) ------------------------------------------------------- */

void
fair_http_dechunk(const char *p, size_t n, struct fair_decoded_payload *out)
{
    size_t at = 0, chunks = 0;
    char *to = NULL;

    *out = (struct fair_decoded_payload){ 0 };
    for (;; chunks++) {
        size_t size = 0, digits = 0;
        for (; at < n; at++, digits++) {
            const char c = p[at];
            const int v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
            if (v < 0) break;
            if (size > n) size = n + 1;          /* more than there is: no matter how much */
            else size = size * 16 + (size_t)v;
        }
        if (digits == 0) break;
        while (at < n && (p[at] == ' ' || p[at] == '\t')) at++;
        if (at < n && p[at] == ';')
            while (at < n && p[at] != '\n' && p[at] != '\r') at++;
        if (at < n && p[at] == '\r') at++;
        if (at >= n || p[at] != '\n') break;
        at++;
        if (size == 0) {
            if (to == NULL) to = fair_xmalloc(1);
            out->bytes = to;
            return;                              /* trailers behind it mean nothing to us */
        }
        if (to == NULL) to = fair_xmalloc(n);
        if (size > n - at) {                     /* breaks off */
            memcpy(to + out->n, p + at, n - at);
            out->n += n - at;
            out->bytes = to;
            out->fault = "bad-chunks";
            return;
        }
        memcpy(to + out->n, p + at, size);
        out->n += size;
        at += size;
        if (at < n && p[at] == '\r') at++;
        if (at < n && p[at] == '\n') at++;
        else if (at < n) { chunks++; break; }
    }
    if (chunks == 0) {                           /* it is not in chunks, whatever the header says */
        free(to);
        out->n = 0;
        return;
    }
    out->bytes = to;
    out->fault = "bad-chunks";
}

/* ---- content codings -------------------------------------------------------------- */

/* Room for more of what is unpacked, within the limits; false past them. */
struct growing {
    char *p;
    size_t n, room, max;
};

static bool
grow(struct growing *g)
{
    if (g->n < g->room) return true;
    if (g->room >= g->max) return false;
    g->room = g->room == 0 ? 65536 : g->room * 2;
    if (g->room > g->max) g->room = g->max;
    g->p = fair_xrealloc(g->p, g->room);
    return true;
}

enum unpacked { UNPACKED, BROKEN, TOO_FAR, NOT_SO };

static enum unpacked
inflate_all(int window_bits, const char *p, size_t n, struct growing *g)
{
    z_stream z = { 0 };
    int rc = Z_OK;

    if (inflateInit2(&z, window_bits) != Z_OK) abort();
    z.next_in = (Bytef *)(uintptr_t)p;
    z.avail_in = n > UINT32_MAX ? UINT32_MAX : (uInt)n;
    while (rc == Z_OK) {
        size_t room;
        if (!grow(g)) {
            inflateEnd(&z);
            return TOO_FAR;
        }
        room = g->room - g->n;
        if (room > 1u << 30) room = 1u << 30;
        z.next_out = (Bytef *)g->p + g->n;
        z.avail_out = (uInt)room;
        rc = inflate(&z, Z_NO_FLUSH);
        g->n += room - z.avail_out;
        if (rc == Z_STREAM_END && window_bits > 15 && z.avail_in >= 2 && z.next_in[0] == 0x1f && z.next_in[1] == 0x8b)
            rc = inflateReset(&z);               /* another member */
        if (rc == Z_BUF_ERROR && z.avail_out == 0) rc = Z_OK;
    }
    inflateEnd(&z);
    return rc == Z_STREAM_END ? UNPACKED : BROKEN;
}

static enum unpacked
unbrotli(const char *p, size_t n, struct growing *g)
{
    BrotliDecoderState *b = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    BrotliDecoderResult rc = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
    const uint8_t *in = (const uint8_t *)p;

    if (b == NULL) abort();
    while (rc == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) {
        uint8_t *to;
        size_t room;
        if (!grow(g)) {
            BrotliDecoderDestroyInstance(b);
            return TOO_FAR;
        }
        to = (uint8_t *)g->p + g->n;
        room = g->room - g->n;
        rc = BrotliDecoderDecompressStream(b, &n, &in, &room, &to, NULL);
        g->n = g->room - room;
    }
    BrotliDecoderDestroyInstance(b);
    return rc == BROTLI_DECODER_RESULT_SUCCESS ? UNPACKED : BROKEN;
}

static enum unpacked
unzstd(const char *p, size_t n, struct growing *g)
{
    ZSTD_DStream *z = ZSTD_createDStream();
    ZSTD_inBuffer in = { p, n, 0 };
    size_t rc = 1;

    if (z == NULL) abort();
    ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, 26);
    for (;;) {
        ZSTD_outBuffer to;
        size_t before = in.pos;
        if (!grow(g)) {
            ZSTD_freeDStream(z);
            return TOO_FAR;
        }
        to = (ZSTD_outBuffer){ g->p, g->room, g->n };
        rc = ZSTD_decompressStream(z, &to, &in);
        if (ZSTD_isError(rc)) break;
        if (in.pos == before && to.pos == g->n) break;       /* it breaks off */
        g->n = to.pos;
        if (rc == 0 && in.pos == in.size) break;
    }
    ZSTD_freeDStream(z);
    return rc == 0 ? UNPACKED : BROKEN;
}

void
fair_http_decode(fair_str coding, const char *p, size_t n, size_t max, uint64_t max_ratio, struct fair_decoded_payload *out)
{
    const uint8_t *u = (const uint8_t *)p;
    struct growing g = { .max = max };
    enum unpacked how;

    *out = (struct fair_decoded_payload){ 0 };
    if (n == 0 || coding.n == 0 || fair_str_eq_nocase(coding, FAIR_STR("identity"))) return;
    if (n < max / max_ratio) g.max = n * max_ratio < 1 << 20 ? 1 << 20 : n * max_ratio;
    if (g.max > max) g.max = max;
    if (fair_str_eq_nocase(coding, FAIR_STR("gzip")) || fair_str_eq_nocase(coding, FAIR_STR("x-gzip"))) {
        how = n >= 2 && u[0] == 0x1f && u[1] == 0x8b ? inflate_all(15 + 16, p, n, &g) : NOT_SO;
    } else if (fair_str_eq_nocase(coding, FAIR_STR("deflate"))) {
        /* zlib's wrapping by the standard, bare in the servers that misread it */
        const bool wrapped = n >= 2 && (u[0] & 0x0f) == 8 && (u[0] << 8 | u[1]) % 31 == 0;
        how = inflate_all(wrapped ? 15 : -15, p, n, &g);
        if (how == BROKEN && g.n == 0) how = NOT_SO;
    } else if (fair_str_eq_nocase(coding, FAIR_STR("br"))) {
        how = unbrotli(p, n, &g);
        if (how == BROKEN && g.n == 0) how = NOT_SO;
    } else if (fair_str_eq_nocase(coding, FAIR_STR("zstd"))) {
        how = n >= 4 && memcmp(p, "\x28\xb5\x2f\xfd", 4) == 0 ? unzstd(p, n, &g) : NOT_SO;
    } else {
        out->absent = true;
        return;
    }
    if (how == NOT_SO || how == TOO_FAR) {
        free(g.p);
        if (how == TOO_FAR) {
            out->absent = true;
            out->fault = g.max < max ? "inflates-too-far" : "payload-too-large";
        }
        return;
    }
    out->bytes = g.p;
    out->n = g.n;
    if (how == BROKEN) out->fault = "bad-coding";
}
