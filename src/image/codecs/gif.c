/* image/codecs/gif.c - GIF87a and GIF89a (CompuServe, 1990), read by ourselves: the first frame as a browser shows it.
 *
 * The logical screen is white where the frame is not or is transparent.  A
 * frame that reaches beyond the screen enlarges it.  What was decoded before a
 * fault is kept. */
#include <stdlib.h>
#include "base/mem.h"
#include "image/codecs/codecs_private.h"

enum { MAX_CODES = 4096, NO_CODE = 0xffff };

/* Bytes through the sub-blocks that carry them: length, bytes, ..., 0. */
struct blocks {
    const uint8_t *p;
    size_t n, at;
    uint32_t left;            /* of the current sub-block */
    bool done;
};

static int
next_byte(struct blocks *b)
{
    while (b->left == 0) {
        if (b->done || b->at >= b->n) return -1;
        b->left = b->p[b->at++];
        if (b->left == 0) b->done = true;
    }
    if (b->at >= b->n) return -1;
    b->left--;
    return b->p[b->at++];
}

/* Where the pixels of the frame go. */
struct frame {
    struct fair_canvas canvas;
    uint32_t left, top, width, height;
    bool interlaced;
    uint8_t palette[256][3];  /* as the canvas has its pixels, on white */
    uint8_t *indices;         /* the row being filled */
    uint8_t *line;            /* the same in the canvas's channels */
    uint32_t x, row;          /* row in the order of the file */
};

/* The row of the frame that comes as number `row`, and how many rows it stands for until better ones come. */
static uint32_t
interlaced_row(uint32_t row, uint32_t height, uint32_t *stands_for)
{
    static const uint32_t first[4] = { 0, 4, 2, 1 }, apart[4] = { 8, 8, 4, 2 }, high[4] = { 8, 4, 2, 1 };

    for (int pass = 0; pass < 4; pass++) {
        uint32_t rows = height > first[pass] ? (height - first[pass] + apart[pass] - 1) / apart[pass] : 0;
        if (row < rows) {
            *stands_for = high[pass];
            return first[pass] + row * apart[pass];
        }
        row -= rows;
    }
    *stands_for = 1;
    return height;
}

static void
put_row(struct frame *f)
{
    const uint32_t ch = f->canvas.channels;
    uint32_t y = f->row, high = 1;

    for (uint32_t i = 0; i < f->x; i++) memcpy(f->line + (size_t)i * ch, f->palette[f->indices[i]], ch);
    if (f->interlaced) y = interlaced_row(f->row, f->height, &high);
    if (high > f->height - y) high = f->height - y;
    fair_canvas_put(&f->canvas, f->left, f->top + y, 1, f->line, f->x, (enum fair_pixels)ch);
    if (high > 1) fair_canvas_spread(&f->canvas, f->left, f->top + y, 1, 1, high);
    f->x = 0;
    f->row++;
}

/* LZW with codes of `literal` + 1 to 12 bits (literal <= 11), first bits lowest.  Each code is a
 * prefix code and one more index; strings are written backwards from their end.
 * True when the frame is full. */
static bool
read_lzw(struct frame *f, struct blocks *b, uint32_t literal)
{
    uint16_t prefix[MAX_CODES];
    uint16_t length[MAX_CODES];
    uint8_t last[MAX_CODES], string[MAX_CODES] = { 0 };
    const uint32_t clear = 1u << literal, end = clear + 1;
    uint32_t next = end + 1, bits = literal + 1, previous = NO_CODE, held = 0, n_held = 0;

    for (uint32_t i = 0; i < clear; i++) {
        last[i] = (uint8_t)i;
        length[i] = 1;
        prefix[i] = NO_CODE;
    }
    for (;;) {
        uint32_t code, n, from, first;
        while (n_held < bits) {
            int byte = next_byte(b);
            if (byte < 0) return false;
            held |= (uint32_t)byte << n_held;
            n_held += 8;
        }
        code = held & ((1u << bits) - 1);
        held >>= bits;
        n_held -= bits;
        if (code == clear) {
            next = end + 1;
            bits = literal + 1;
            previous = NO_CODE;
            continue;
        }
        if (code == end) return false;
        if (code > next || (code == next && previous == NO_CODE) || (code >= clear && code < end + 1)) return false;
        if (code == next && next >= MAX_CODES) return false;
        /* The string of a code just being made is the previous one and its own first index. */
        from = code == next ? previous : code;
        n = length[from];
        for (uint32_t i = n, c = from; i > 0; i--, c = prefix[c]) string[i - 1] = last[c];
        first = string[0];
        if (code == next) string[n++] = (uint8_t)first;
        if (previous != NO_CODE && next < MAX_CODES) {
            prefix[next] = (uint16_t)previous;
            last[next] = (uint8_t)first;
            length[next] = (uint16_t)(length[previous] + 1);
            next++;
            if (next == 1u << bits && bits < 12) bits++;
        }
        previous = code;
        for (uint32_t i = 0; i < n;) {
            uint32_t take = n - i < f->width - f->x ? n - i : f->width - f->x;
            memcpy(f->indices + f->x, string + i, take);
            f->x += take;
            i += take;
            if (f->x < f->width) break;
            put_row(f);
            if (f->row == f->height) return true;
        }
    }
}

struct gif {
    struct fair_decode *d;
    size_t at;
    uint32_t screen_width, screen_height;
    const uint8_t *global;    /* palette, or NULL */
    uint32_t n_global;
    bool has_transparent;
    uint8_t transparent;
};

/* The colour table of n entries that should stand at g->at; a file that ends within it has none. */
static const uint8_t *
take_table(struct gif *g, uint32_t n)
{
    const uint8_t *table = g->d->bytes + g->at;
    if (g->d->n - g->at < (size_t)n * 3) {
        g->at = g->d->n;
        return NULL;
    }
    g->at += (size_t)n * 3;
    return table;
}

static void
skip_blocks(struct gif *g)
{
    while (g->at < g->d->n) {
        uint32_t length = g->d->bytes[g->at++];
        if (length == 0) return;
        g->at = length < g->d->n - g->at ? g->at + length : g->d->n;
    }
}

static void
make_palette(struct frame *f, const struct gif *g, const uint8_t *table, uint32_t n)
{
    memset(f->palette, 0, sizeof f->palette);
    for (uint32_t i = 0; i < n && table != NULL; i++) {
        const uint8_t *c = table + 3 * (size_t)i;
        if (f->canvas.channels == 3) memcpy(f->palette[i], c, 3);
        else f->palette[i][0] = (uint8_t)((77u * c[0] + 150u * c[1] + 29u * c[2] + 128u) >> 8);
    }
    if (g->has_transparent) memset(f->palette[g->transparent], 255, 3);
}

/* The image descriptor at g->at: the first frame, with pixels. */
static fair_status
first_frame(struct gif *g)
{
    struct fair_decode *d = g->d;
    const uint8_t *p = d->bytes + g->at;
    struct frame f = { 0 };
    struct blocks blocks;
    const uint8_t *table = g->global;
    uint32_t n_table = g->n_global, literal;
    bool full;

    if (d->n - g->at < 9) return fair_fail(d->err, FAIR_CORRUPT, "gif: it breaks off before its first frame");
    f.left = fair_le16(p);
    f.top = fair_le16(p + 2);
    f.width = fair_le16(p + 4);
    f.height = fair_le16(p + 6);
    f.interlaced = (p[8] & 0x40) != 0;
    g->at += 9;
    if (p[8] & 0x80) {
        n_table = 2u << (p[8] & 7);
        table = take_table(g, n_table);
    }
    if (f.width == 0) f.width = g->screen_width;
    if (f.height == 0) f.height = g->screen_height;
    if (f.left + f.width > g->screen_width) g->screen_width = f.left + f.width;
    if (f.top + f.height > g->screen_height) g->screen_height = f.top + f.height;
    FAIR_TRY(fair_decode_size(d, g->screen_width, g->screen_height));
    if (g->at >= d->n) return fair_fail(d->err, FAIR_CORRUPT, "gif: it breaks off before its first row");
    literal = d->bytes[g->at++];
    d->info->blank = true;               /* until a row is there */
    if (literal < 1 || literal > 11) return fair_fail(d->err, FAIR_CORRUPT, "gif: indices of %u bits", literal);

    FAIR_TRY(fair_canvas_begin(&f.canvas, d, g->screen_width, g->screen_height));
    make_palette(&f, g, table, n_table);
    f.indices = fair_xmalloc(f.width);
    f.line = fair_xmalloc((size_t)f.width * d->channels);
    blocks = (struct blocks){ .p = d->bytes, .n = d->n, .at = g->at };
    full = read_lzw(&f, &blocks, literal);
    d->info->decoded_rows = f.row;
    d->info->alpha = g->has_transparent;
    d->info->partial = !full;
    if (f.x > 0 && f.row < f.height) put_row(&f);    /* what there is of the row in which it broke */
    free(f.indices);
    free(f.line);
    if (f.row == 0) {
        fair_canvas_free(&f.canvas);
        return fair_fail(d->err, FAIR_CORRUPT, "gif: no row of its first frame can be read");
    }
    d->info->blank = false;
    d->image = fair_canvas_end(&f.canvas);
    return FAIR_OK;
}

/* How many frames follow: their descriptors, without decoding. */
static void
count_frames(struct gif *g)
{
    struct fair_decode *d = g->d;

    while (g->at < d->n) {
        uint8_t kind = d->bytes[g->at++];
        if (kind == 0x21) {
            g->at++;
            skip_blocks(g);
        } else if (kind == 0x2c) {
            if (d->n - g->at < 10) return;
            uint8_t flags = d->bytes[g->at + 8];
            g->at += 9;
            if (flags & 0x80) (void)take_table(g, 2u << (flags & 7));
            if (g->at >= d->n) return;
            g->at++;
            d->info->frames++;
            skip_blocks(g);
        } else return;
    }
}

fair_status
fair_decode_gif(struct fair_decode *d)
{
    struct gif g = { .d = d, .at = 13 };
    uint8_t flags;

    if (d->n < 13) return fair_fail(d->err, FAIR_CORRUPT, "gif: it breaks off in its header");
    g.screen_width = d->info->width = fair_le16(d->bytes + 6);
    g.screen_height = d->info->height = fair_le16(d->bytes + 8);
    flags = d->bytes[10];
    if (flags & 0x80) {
        g.n_global = 2u << (flags & 7);
        g.global = take_table(&g, g.n_global);
        if (g.global == NULL) g.n_global = 0;
    }
    while (g.at < d->n) {
        uint8_t kind = d->bytes[g.at++];
        if (kind == 0x2c) {
            size_t data;
            FAIR_TRY(first_frame(&g));
            data = g.at;
            skip_blocks(&g);
            if (g.at > data) count_frames(&g);
            return FAIR_OK;
        }
        if (kind != 0x21) {              /* the trailer, or what is no block */
            FAIR_TRY(fair_decode_size(d, g.screen_width, g.screen_height));
            d->info->blank = true;
            break;
        }
        if (g.at < d->n && d->bytes[g.at] == 0xf9 && d->n - g.at >= 6 && d->bytes[g.at + 1] >= 4) {
            g.has_transparent = (d->bytes[g.at + 2] & 1) != 0;
            g.transparent = d->bytes[g.at + 5];
        }
        g.at++;
        skip_blocks(&g);
    }
    return fair_fail(d->err, FAIR_CORRUPT, "gif: no frame in it");
}
