/* base/mem.h - memory: an arena for each piece of work. */
#ifndef FAIR_BASE_MEM_H
#define FAIR_BASE_MEM_H
#include <stddef.h>

/* The status a process ends with when the machine has no memory left for it. */
#define FAIR_EXIT_MEMORY 71

/* A region that is filled by many small allocations and emptied at once.
 * There is one per web request, per job and per page; whatever a function
 * puts into the arena it was given lives exactly as long as that request,
 * job or page.  Nothing in it is freed singly. */
struct fair_arena;

struct fair_arena *fair_arena_new(void);
void fair_arena_clear(struct fair_arena *a);  /* empty it */
void fair_arena_free(struct fair_arena **a);
/* Everything in *from lives as long as `into` from now on; *from is gone (NULL). */
void fair_arena_join(struct fair_arena *into, struct fair_arena **from);

/* `n` bytes, zeroed, aligned for any type.  Never NULL: when the machine has
 * no memory left the process ends, and its parent starts another.  Sizes that
 * a stranger chose (a picture's, a page's) are checked against a limit before
 * they come here. */
void *fair_alloc(struct fair_arena *a, size_t n);
void *fair_alloc_array(struct fair_arena *a, size_t n, size_t size);
/* The same, holding anything: for what is written whole at once. */
void *fair_alloc_bytes(struct fair_arena *a, size_t n);

/* Plain memory with an identity of its own (an image, a connection): as malloc
 * and realloc, but never NULL.  Freed with free(). */
void *fair_xmalloc(size_t n);
void *fair_xcalloc(size_t n, size_t size);
void *fair_xrealloc(void *p, size_t n);

/* For a process that takes and lets go large pieces over and over: what was let go is kept for the next, neither
 * unmapped nor cleared by the kernel, up to 128 MiB.  Called once, before there are threads. */
void fair_memory_keep(void);

#define FAIR_NEW(a, type) ((type *)fair_alloc((a), sizeof(type)))

#endif
