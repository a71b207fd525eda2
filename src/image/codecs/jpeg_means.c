/* image/codecs/jpeg_means.c - the luma of a baseline JPEG at an eighth, a quarter, a half or whole, without its chroma.
 *
 * libjpeg decodes all 64 coefficients of a block even where only the first is wanted, and all blocks of chroma even where grey is.  Here
 * the codes of what is not wanted are skipped, several at a time: a table tells for the next bits how many whole codes they begin
 * with, how long these are together with the bits that follow each, and how many coefficients they stand for.  Of what is wanted a
 * table mostly tells value and all.  libjpeg has read the headers and takes over whenever anything is not as it should be, so that nothing is
 * ever decoded otherwise than by libjpeg, only sooner (docs/adr/0052, 0049). */
#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "image/codecs/jpeg_idct.h"
#include "image/codecs/jpeg_private.h"

enum { LOOK = 12, PAIR_LOOK = 11, DC_LOOK = 10, MOST_DC = 11, PAD = 16 };

/* Canonical codes: those of n bits end below limit[n], counted in 16 bits. */
struct codes {
    uint32_t limit[18];
    int32_t first[17];        /* code of n bits + first[n] = its place among the values */
    const uint8_t *values;
};

/* Skipping from the next LOOK bits: bits 0..4 how many, 5..11 how many coefficients, 12 set where the block ends.  0: none fits. */
struct skips { uint16_t v[1 << LOOK]; struct codes slow; };
/* The difference's size and the code's length from the next DC_LOOK bits: length << 4 | size; 0: none fits. */
struct sizes { uint8_t v[1 << DC_LOOK]; struct codes slow; };

/* One coefficient or two from the next PAIR_LOOK bits.  In bytes from the lowest: how many bits they take; by how many places it goes on (END and more
 * where the block ends); how many places must be left behind the next one (END: what is told of the first is but its code); how many bits the
 * first alone takes, or, where its value is not told, its size; the places of both from here (of a single one, twice the same; END: none);
 * both values.  0: no code fits. */
struct pairs { uint64_t v[1 << PAIR_LOOK]; struct codes slow; };
#define END 64u

/* Where the k-th coefficient of the file stands in its block (T.81, figure A.6); what comes from END on goes beside it. */
static const uint8_t natural[2 * END] = {
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    [END ... 2 * END - 1] = END,
};

/* Bits in hand lie in registers: what is inlined is given a local of them, what is not a copy. */
#define INLINE static inline __attribute__((always_inline))
#define RARELY static __attribute__((noinline, cold))

struct bits { const uint8_t *v; size_t n_bytes, at; uint64_t held; unsigned n; };

struct means {
    struct skips ac[NUM_HUFF_TBLS];
    struct sizes dc[NUM_HUFF_TBLS];
    bool has_ac[NUM_HUFF_TBLS], has_dc[NUM_HUFF_TBLS];
    int32_t last;             /* of luma's DC */
    /* luma's, where more than the means are wanted */
    struct pairs luma;
    uint32_t (*idct)(const int16_t block[64], const int16_t quant[64], uint8_t *to, size_t stride);
    uint32_t side;            /* of a block's picture: 1, 2, 4, 8 */
    uint32_t over;
    int16_t quant[64] __attribute__((aligned(32)));
    /* The luma's blocks of one MCU: their coefficients, and whether there is one behind the first. */
    int16_t block[C_MAX_BLOCKS_IN_MCU][END + 16] __attribute__((aligned(32)));
    bool some[C_MAX_BLOCKS_IN_MCU];
};

static bool
codes_of(const JHUFF_TBL *t, struct codes *c)
{
    uint32_t code = 0, place = 0;

    if (t == NULL) return false;
    c->values = t->huffval;
    for (int n = 1; n <= 16; n++) {
        c->first[n] = (int32_t)place - (int32_t)code;
        code += t->bits[n];
        place += t->bits[n];
        if (place > 256 || code > 1u << n) return false;
        c->limit[n] = code << (16 - n);
        code <<= 1;
    }
    c->limit[17] = UINT32_MAX;
    return true;
}

/* The code that 16 bits begin with: its length, 17 for none. */
static inline unsigned
code_at(const struct codes *c, uint32_t bits, uint8_t *value)
{
    unsigned n = 1;

    while (n <= 16 && bits >= c->limit[n]) n++;
    if (n <= 16) *value = c->values[(int32_t)(bits >> (16 - n)) + c->first[n]];
    return n;
}

/* one[bits] = length << 8 | value of the code that `look` bits begin with; 0 where it is longer or there is none. */
static void
one_each(const struct codes *c, unsigned look, uint16_t *one)
{
    uint32_t code = 0;

    memset(one, 0, sizeof *one << look);
    for (unsigned n = 1; n <= look; n++)
        for (; code << (16 - n) < c->limit[n]; code++) {
            if (n > 1 && code << (16 - n) < c->limit[n - 1]) continue;
            for (uint32_t i = 0; i < 1u << (look - n); i++) one[(code << (look - n)) + i] = (uint16_t)(n << 8 | c->values[(int32_t)code + c->first[n]]);
        }
}

static bool
skips_make(const JHUFF_TBL *t, struct skips *s)
{
    uint16_t one[1 << LOOK];

    if (!codes_of(t, &s->slow)) return false;
    one_each(&s->slow, LOOK, one);
    for (uint32_t i = 0; i < 1 << LOOK; i++) {
        unsigned used = 0, coefficients = 0;
        bool ends = false;
        while (used < LOOK && !ends) {
            const unsigned e = one[i << used & ((1 << LOOK) - 1)], n = e >> 8, run = e >> 4 & 15, size = e & 15;
            if (n == 0 || used + n > LOOK) break;
            ends = (e & 255) == 0;
            /* a code that stands for nothing is libjpeg's to judge */
            if (!ends && ((size == 0 && run != 15) || coefficients + run + 1 > 63)) break;
            if (!ends) coefficients += run + 1;
            used += n + size;
        }
        s->v[i] = (uint16_t)(used | coefficients << 5 | (unsigned)ends << 12);
    }
    return true;
}

/* The number that `size` bits say: its sign is anybody's guess, so nothing branches on it. */
static inline int32_t
value_of(uint32_t bits, unsigned size)
{
    return (int32_t)(bits - (((1u << size) - 1) & ((bits >> (size - 1)) - 1)));
}

static uint64_t
pair_of(unsigned bits, unsigned ahead, unsigned needs, unsigned one, unsigned first, unsigned second, int v, int w)
{
    return bits | ahead << 8 | needs << 16 | (uint64_t)one << 24 | (uint64_t)first << 32 | (uint64_t)second << 40 | (uint64_t)(uint8_t)v << 48 | (uint64_t)(uint8_t)w << 56;
}

/* Does a code's value, of 7 bits at most, lie within so many?  Then it is in *v. */
static inline bool
told(unsigned e, uint32_t bits, unsigned room, int32_t *v)
{
    const unsigned n = e >> 8, size = e & 15;

    if (n == 0 || size == 0 || size > 7 || n + size > room) return false;
    *v = value_of(bits >> (PAIR_LOOK - n - size) & ((1u << size) - 1), size);
    return true;
}

static bool
pairs_make(const JHUFF_TBL *t, struct pairs *s)
{
    uint16_t one[1 << PAIR_LOOK];

    if (!codes_of(t, &s->slow)) return false;
    one_each(&s->slow, PAIR_LOOK, one);
    for (uint32_t i = 0; i < 1 << PAIR_LOOK; i++) {
        const unsigned e = one[i], n = e >> 8, run = e >> 4 & 15, size = e & 15, used = n + size;
        int32_t v, w;
        if (n == 0) s->v[i] = pair_of(0, 0, END, 0, 0, 0, 0, 0);
        else if ((e & 255) == 0) s->v[i] = pair_of(n, END, 0, n, END, END, 0, 0);
        else if (!told(e, i, PAIR_LOOK, &v)) s->v[i] = pair_of(used, 0, END, size, run, run, 0, 0);
        else {
            const uint32_t rest = i << used & ((1u << PAIR_LOOK) - 1);
            const unsigned f = one[rest], both = run + 1 + (f >> 4 & 15);
            s->v[i] = pair_of(used, run + 1, run, used, run, run, v, v);
            if (f >> 8 != 0 && (f & 255) == 0 && used + (f >> 8) <= PAIR_LOOK) s->v[i] = pair_of(used + (f >> 8), 2 * END, run + 1, used, run, END, v, 0);
            else if (told(f, rest, PAIR_LOOK - used, &w)) s->v[i] = pair_of(used + (f >> 8) + (f & 15), both + 1, both, used, run, both, v, w);
        }
    }
    return true;
}

static bool
sizes_make(const JHUFF_TBL *t, struct sizes *s)
{
    uint16_t one[1 << DC_LOOK];

    if (!codes_of(t, &s->slow)) return false;
    for (uint32_t n = 1, i = 0; n <= 16; n++)
        for (uint32_t k = t->bits[n]; k > 0; k--)
            if (t->huffval[i++] > 15) return false;          /* libjpeg reads no such table */
    one_each(&s->slow, DC_LOOK, one);
    for (uint32_t i = 0; i < 1 << DC_LOOK; i++) s->v[i] = (one[i] & 255) <= MOST_DC ? (uint8_t)(one[i] >> 8 << 4 | (one[i] & 15)) : 0;
    return true;
}

/* At least 56 bits; beyond the end zeros, which the caller notices. */
INLINE void
fill(struct bits *b)
{
    uint64_t v = 0;

    if (b->at <= b->n_bytes) memcpy(&v, b->v + b->at, sizeof v);
    b->held |= be64toh(v) >> b->n;
    b->at += (63 - b->n) >> 3;
    b->n |= 56;
}

INLINE void
drop(struct bits *b, unsigned n)
{
    b->held <<= n & 63;
    b->n -= n;
}

/* One code at a time, where the table has none or the block's end is near. */
RARELY bool
skip_one(struct bits *b, const struct codes *c, unsigned *k)
{
    uint8_t value = 0;
    unsigned n = code_at(c, (uint32_t)(b->held >> 48), &value);

    if (n > 16) return false;
    if (value == 0) *k = 64;
    else {
        if ((value & 15) == 0 && value != 0xf0) return false;
        *k += (value >> 4) + 1u;
        if (*k > 64) return false;
        n += value & 15;
    }
    drop(b, n);
    return true;
}

INLINE bool
skip_coefficients(struct bits *b, const struct skips *s)
{
    for (unsigned k = 1; k < 64;) {
        fill(b);
        for (int twice = 0; twice < 2 && k < 64; twice++) {           /* each takes 31 bits at most, and then sees 12 */
            const unsigned e = s->v[b->held >> (64 - LOOK)], more = e >> 5 & 127;
            if (b->n < 31) break;
            if (e != 0 && k + more < 64) {
                k = e >> 12 ? 64 : k + more;
                drop(b, e & 31);
            } else if (e != 0 && k + more == 64 && !(e >> 12)) {
                k = 64;
                drop(b, e & 31);
            } else {
                struct bits copy = *b;
                unsigned from = k;
                if (!skip_one(&copy, &s->slow, &from)) return false;
                *b = copy;
                k = from;
            }
        }
    }
    return true;
}

/* The difference to the DC before. */
INLINE bool
difference(struct bits *b, const struct sizes *s, int32_t *out)
{
    unsigned e, size, n;

    fill(b);
    e = s->v[b->held >> (64 - DC_LOOK)];
    size = e & 15;
    n = e >> 4;
    if (e == 0) {
        uint8_t value = 0;
        n = code_at(&s->slow, (uint32_t)(b->held >> 48), &value);
        if (n > 16 || value > MOST_DC) return false;
        size = value;
    }
    drop(b, n);
    /* value_of, and 0 for no bits */
    *out = (int32_t)((uint32_t)(b->held >> 1 >> (63 - size)) - (((1u << size) - 1) & (uint32_t)((b->held >> 63) - 1)));
    drop(b, size);
    return true;
}

/* A single coefficient: where the block's end is near, where the table does not tell the value, a run of zeros, a block's end of a long code (*k = END).
 * At least 31 bits are there. */
RARELY bool
odd_coefficient(struct bits *b, const struct pairs *s, unsigned *k, int16_t *block)
{
    const uint64_t e = s->v[b->held >> (64 - PAIR_LOOK)];
    unsigned size, n = e & 255, run = e >> 32 & 255;

    if ((e >> 16 & 255) != END) {
        *k += run;
        if (*k > 63) return false;
        block[natural[(*k)++]] = (int16_t)(int8_t)(e >> 48);
        drop(b, e >> 24 & 255);
        return true;
    }
    size = e >> 24 & 255;
    if (n == 0) {
        uint8_t value = 0;
        n = code_at(&s->slow, (uint32_t)(b->held >> 48), &value);
        if (n > 16) return false;
        size = value & 15;
        run = value >> 4;
        n += size;
    }
    if (size == 0) {
        if (run != 0 && run != 15) return false;
        drop(b, n);
        *k = run == 0 ? END : *k + 16;
        return *k <= END;
    }
    *k += run;
    if (*k > 63) return false;
    block[natural[(*k)++]] = (int16_t)value_of((uint32_t)(b->held << (n - size) >> (64 - size)), size);
    drop(b, n);
    return true;
}

/* A block's coefficients behind the first; *some: there was one. */
INLINE bool
coefficients(struct bits *b, const struct pairs *s, int16_t *block, bool *some)
{
    unsigned k = 1;

    while (k < END) {
        fill(b);
        /* What the table tells takes PAIR_LOOK bits at most, so that five times as many are there. */
        for (int i = 0; i < 5 && k < END; i++) {
            const uint64_t e = s->v[b->held >> (64 - PAIR_LOOK)];
            if (k + (e >> 16 & 255) > 63) {
                struct bits copy = *b;
                unsigned from = k;
                if (b->n < 31) break;
                if (!odd_coefficient(&copy, s, &from, block)) return false;
                *b = copy;
                k = from;
                break;
            }
            block[natural[k + (e >> 32 & 255)]] = (int16_t)(int8_t)(e >> 48);
            block[natural[k + (e >> 40 & 255)]] = (int16_t)(int8_t)(e >> 56);
            b->held <<= e & 63;
            b->n -= e & 255;
            k += e >> 8 & 255;
        }
    }
    *some = k != 1 + END;                         /* then the end came first */
    return true;
}

/* Lay block `i`, with its first coefficient, at (x, y) of `out` as far as it lies in it. */
static inline void
lay_block(struct means *m, unsigned i, uint32_t x, uint32_t y, struct fair_image *out)
{
    const uint32_t side = m->side;
    uint8_t spare[64], *to = spare;
    size_t stride = 8;

    if (x + side <= out->width && y + side <= out->height) {
        to = fair_image_row(out, y) + x;
        stride = out->stride;
    }
    if (m->some[i]) {
        m->over |= m->idct(m->block[i], m->quant, to, stride);
        memset(m->block[i], 0, END * sizeof m->block[i][0]);
    } else {
        const int32_t v = ((m->block[i][0] * m->quant[0] + 4) >> 3) + 128;      /* what each of the transforms makes of a first coefficient alone */
        const uint8_t grey = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
        m->over |= v < 128 - 512 || v > 127 + 512;
        for (uint32_t r = 0; r < side; r++) memset(to + r * stride, grey, side);
    }
    for (uint32_t r = 0; to == spare && r < side && y + r < out->height && x < out->width; r++)
        memcpy(fair_image_row(out, y + r) + x, spare + 8 * r, out->width - x < side ? out->width - x : side);
}

/* The value libjpeg gives at 1/8; false where it would wrap round. */
static inline bool
mean_of(struct means *m, int32_t more, uint8_t *out)
{
    int32_t v;

    m->last += more;
    if (m->last < -32768 || m->last > 32767) return false;
    v = (m->last * m->quant[0] + 4) >> 3;
    if (v < -512 || v > 511) return false;
    v += 128;
    *out = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
    return true;
}

/* The data up to the next marker that is none of stuffing, without the stuffing; *n_clean bytes and PAD zeros in `clean`. */
static const uint8_t *
unstuffed(const uint8_t *data, const uint8_t *end, uint8_t *clean, size_t *n_clean)
{
    uint8_t *to = clean;

    while (data < end) {
        const uint8_t *ff = memchr(data, 0xff, (size_t)(end - data));
        size_t n = (size_t)((ff != NULL ? ff : end) - data);
        memcpy(to, data, n);
        to += n;
        data += n;
        if (ff == NULL || ff + 1 >= end || ff[1] != 0) break;
        *to++ = 0xff;
        data += 2;
    }
    *n_clean = (size_t)(to - clean);
    memset(to, 0, PAD);
    return data;
}

/* One MCU: luma's means go to `out` as far as they lie in it.  Reading bits is one long chain of waiting, in which the block before is laid: its pieces
 * were written some time ago and can be read in one, too. */
INLINE bool
mcu(struct means *m, const struct jpeg_decompress_struct *j, struct bits *b, uint32_t across, uint32_t down, struct fair_image *out)
{
    const bool alone = j->num_components == 1;
    const uint32_t luma_wide = alone ? 1 : (uint32_t)j->comp_info[0].h_samp_factor, luma_high = alone ? 1 : (uint32_t)j->comp_info[0].v_samp_factor;
    const unsigned n_luma = m->side > 1 ? luma_wide * luma_high : 0;
    unsigned laid = 0;

    for (int c = 0; c < j->num_components; c++) {
        const jpeg_component_info *ci = &j->comp_info[c];
        const uint32_t wide = alone ? 1 : (uint32_t)ci->h_samp_factor, high = alone ? 1 : (uint32_t)ci->v_samp_factor;
        const struct sizes *dc = &m->dc[ci->dc_tbl_no];
        const struct skips *ac = &m->ac[ci->ac_tbl_no];
        for (uint32_t y = 0; y < high; y++)
            for (uint32_t x = 0; x < wide; x++) {
                int32_t more;
                uint8_t mean = 0;
                if (!difference(b, dc, &more)) return false;
                if (c == 0 && m->side > 1) {
                    const unsigned i = y * wide + x;
                    m->last += more;
                    if (m->last < -32768 || m->last > 32767) return false;
                    m->block[i][0] = (int16_t)m->last;
                    if (!coefficients(b, &m->luma, m->block[i], &m->some[i])) return false;
                    for (; laid < i; laid++) lay_block(m, laid, (across * wide + laid % wide) * m->side, (down * high + laid / wide) * m->side, out);
                    continue;
                }
                if (c == 0) {
                    const uint32_t at_x = across * wide + x, at_y = down * high + y;
                    if (!mean_of(m, more, &mean)) return false;
                    if (at_x < out->width && at_y < out->height) fair_image_row(out, at_y)[at_x] = mean;
                }
                if (!skip_coefficients(b, ac)) return false;
                for (; laid < n_luma; laid++)
                    lay_block(m, laid, (across * luma_wide + laid % luma_wide) * m->side, (down * luma_high + laid / luma_wide) * m->side, out);
            }
    }
    for (; laid < n_luma; laid++) lay_block(m, laid, across * m->side, down * m->side, out);      /* grey's only one */
    return true;
}

static bool
as_it_should_be(const struct jpeg_decompress_struct *j, const struct fair_image *out)
{
    const jpeg_component_info *luma = &j->comp_info[0];
    int blocks = 0;

    if (j->progressive_mode || j->arith_code || j->data_precision != 8 || j->comps_in_scan != j->num_components) return false;
    if (!(j->num_components == 1 && j->jpeg_color_space == JCS_GRAYSCALE) && !(j->num_components == 3 && j->jpeg_color_space == JCS_YCbCr)) return false;
    if (j->Ss != 0 || j->Se != 63 || j->Ah != 0 || j->Al != 0) return false;
    if (luma->h_samp_factor != j->max_h_samp_factor || luma->v_samp_factor != j->max_v_samp_factor) return false;
    for (int c = 0; c < j->num_components; c++) {
        const jpeg_component_info *ci = &j->comp_info[c];
        blocks += ci->h_samp_factor * ci->v_samp_factor;
        if (j->cur_comp_info[c] != ci || ci->dc_tbl_no < 0 || ci->dc_tbl_no >= NUM_HUFF_TBLS || ci->ac_tbl_no < 0 || ci->ac_tbl_no >= NUM_HUFF_TBLS) return false;
        if (ci->quant_tbl_no < 0 || ci->quant_tbl_no >= NUM_QUANT_TBLS || j->quant_tbl_ptrs[ci->quant_tbl_no] == NULL) return false;
    }
    for (int i = 0; i < 64; i++)
        if (j->quant_tbl_ptrs[luma->quant_tbl_no]->quantval[i] > 255) return false;
    if (j->scale_num != 1 || (j->scale_denom != 1 && j->scale_denom != 2 && j->scale_denom != 4 && j->scale_denom != 8)) return false;
    return (j->num_components == 1 || blocks <= C_MAX_BLOCKS_IN_MCU) && out->channels == 1 &&
           out->width == (j->image_width + j->scale_denom - 1) / j->scale_denom && out->height == (j->image_height + j->scale_denom - 1) / j->scale_denom;
}

static bool
tables(struct means *m, const struct jpeg_decompress_struct *j)
{
    for (int c = 0; c < j->num_components; c++) {
        const jpeg_component_info *ci = &j->comp_info[c];
        if (!m->has_dc[ci->dc_tbl_no] && !sizes_make(j->dc_huff_tbl_ptrs[ci->dc_tbl_no], &m->dc[ci->dc_tbl_no])) return false;
        m->has_dc[ci->dc_tbl_no] = true;
        if (c == 0 && j->scale_denom < 8) continue;   /* luma is not skipped */
        if (!m->has_ac[ci->ac_tbl_no] && !skips_make(j->ac_huff_tbl_ptrs[ci->ac_tbl_no], &m->ac[ci->ac_tbl_no])) return false;
        m->has_ac[ci->ac_tbl_no] = true;
    }
    for (int i = 0; i < 64; i++) m->quant[i] = (int16_t)j->quant_tbl_ptrs[j->comp_info[0].quant_tbl_no]->quantval[i];
    m->side = 8 / j->scale_denom;
    if (m->side == 1) return true;
    m->idct = m->side == 8 ? fair_idct_kernels()->to_8 : m->side == 4 ? fair_idct_kernels()->to_4 : fair_idct_kernels()->to_2;
    return pairs_make(j->ac_huff_tbl_ptrs[j->comp_info[0].ac_tbl_no], &m->luma);
}

/* Were more bits taken than there are?  Those in hand were not taken yet. */
INLINE bool
overrun(const struct bits *b)
{
    return b->at > b->n_bytes && (b->at - b->n_bytes) * 8 > b->n;
}

INLINE bool
scan_body(struct means *m, const struct jpeg_decompress_struct *j, const uint8_t *data, const uint8_t *end, uint8_t *clean, struct fair_image *out)
{
    const bool alone = j->num_components == 1;
    const uint32_t wide = 8 * (alone ? 1 : (uint32_t)j->max_h_samp_factor), high = 8 * (alone ? 1 : (uint32_t)j->max_v_samp_factor);
    const uint32_t across = (j->image_width + wide - 1) / wide, down = (j->image_height + high - 1) / high;
    uint32_t left = 0, restarts = 0;
    struct bits b = { 0 };

    for (uint32_t y = 0; y < down; y++)
        for (uint32_t x = 0; x < across; x++) {
            if (left == 0) {              /* a new stretch: between two of them lies a marker, in turn RST0 to RST7 */
                size_t n;
                if (x > 0 || y > 0) {
                    if (end - data < 2 || data[0] != 0xff || data[1] != 0xd0 + (restarts++ & 7)) return false;
                    data += 2;
                }
                data = unstuffed(data, end, clean, &n);
                b = (struct bits){ .v = clean, .n_bytes = n };
                m->last = 0;
                left = j->restart_interval > 0 ? j->restart_interval : UINT32_MAX;
            }
            if (!mcu(m, j, &b, x, y, out) || overrun(&b)) return false;
            left--;
        }
    return true;
}

static bool
scan(struct means *m, const struct jpeg_decompress_struct *j, const uint8_t *data, const uint8_t *end, uint8_t *clean, struct fair_image *out)
{
    return scan_body(m, j, data, end, clean, out);
}

#ifdef __x86_64__
/* With shifts by any register. */
__attribute__((target("bmi,bmi2"))) static bool
scan_bmi2(struct means *m, const struct jpeg_decompress_struct *j, const uint8_t *data, const uint8_t *end, uint8_t *clean, struct fair_image *out)
{
    return scan_body(m, j, data, end, clean, out);
}
#endif

bool
fair_jpeg_luma(const struct jpeg_decompress_struct *j, const uint8_t *data, size_t n, struct fair_image *out)
{
    bool (*run)(struct means *m, const struct jpeg_decompress_struct *j, const uint8_t *data, const uint8_t *end, uint8_t *clean, struct fair_image *out) = scan;
    struct means *m;
    uint8_t *clean;
    bool done;

    if (!as_it_should_be(j, out)) return false;
    m = fair_xcalloc(1, sizeof *m);
    clean = fair_xmalloc(n + PAD);
#ifdef __x86_64__
    if (__builtin_cpu_supports("bmi2") && strcmp(fair_idct_kernels()->name, "plain") != 0) run = scan_bmi2;
#endif
    done = tables(m, j) && run(m, j, data, data + n, clean, out) && m->over == 0;
    free(clean);
    free(m);
    return done;
}
