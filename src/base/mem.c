/* base/mem.c - the arena: many small allocations, emptied at once. */
#include "base/mem.h"
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SMALL_BLOCK ((size_t)8192)

struct block {
    struct block *next;
    size_t used, size;
    _Alignas(max_align_t) char bytes[];
};

struct fair_arena {
    struct block *top;
};

/* Out of memory is not a path: the process ends and its parent starts another. */
static void *
have(void *p)
{
    if (p == NULL) {
        fputs("fairtrack: out of memory\n", stderr);
        _exit(FAIR_EXIT_MEMORY);
    }
    return p;
}

void *fair_xmalloc(size_t n) { return have(malloc(n > 0 ? n : 1)); }
void *fair_xcalloc(size_t n, size_t size) { return have(calloc(n > 0 ? n : 1, size > 0 ? size : 1)); }
void *fair_xrealloc(void *p, size_t n) { return have(realloc(p, n > 0 ? n : 1)); }

struct fair_arena *
fair_arena_new(void)
{
    struct fair_arena *a = fair_xmalloc(sizeof *a);
    a->top = NULL;
    return a;
}

void
fair_arena_clear(struct fair_arena *a)
{
    struct block *kept = NULL;

    while (a->top != NULL) {
        struct block *b = a->top;
        a->top = b->next;
#ifndef __SANITIZE_ADDRESS__   /* there, use after clearing is to be seen */
        if (kept == NULL && b->size == SMALL_BLOCK) {
            kept = b;
            continue;
        }
#endif
        free(b);
    }
    if (kept == NULL) return;
    /* An arena that is emptied for each small thing in turn needs no malloc for it. */
    kept->used = 0;
    kept->next = NULL;
    a->top = kept;
}

void
fair_arena_free(struct fair_arena **a)
{
    if (*a == NULL) return;
    fair_arena_clear(*a);
    free((*a)->top);
    free(*a);
    *a = NULL;
}

void
fair_arena_join(struct fair_arena *into, struct fair_arena **from)
{
    struct block **last = &(*from)->top;

    /* Behind the block that `into` is filling, so that it goes on filling it. */
    while (*last != NULL) last = &(*last)->next;
    if (into->top == NULL) {
        into->top = (*from)->top;
    } else {
        *last = into->top->next;
        into->top->next = (*from)->top;
    }
    free(*from);
    *from = NULL;
}

void *
fair_alloc_bytes(struct fair_arena *a, size_t n)
{
    struct block *b = a->top;
    void *p;

    if (n > SIZE_MAX / 2) abort();
    n = (n + 15) & ~(size_t)15;
    if (b == NULL || b->size - b->used < n) {
        size_t size = n > SMALL_BLOCK ? n : SMALL_BLOCK;
        b = fair_xmalloc(sizeof *b + size);
        b->used = 0;
        b->size = size;
        b->next = a->top;
        a->top = b;
    }
    p = b->bytes + b->used;
    b->used += n;
    return p;
}

void *
fair_alloc(struct fair_arena *a, size_t n)
{
    return memset(fair_alloc_bytes(a, n), 0, n);
}

void *
fair_alloc_array(struct fair_arena *a, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes)) abort();
    return fair_alloc(a, bytes);
}

void
fair_memory_keep(void)
{
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 128 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
}
