/* index/bench_faiss.h - FAISS's binary indexes, for bench_whole to measure ours against. */
#ifndef FAIR_BENCH_FAISS_H
#define FAIR_BENCH_FAISS_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

struct fair_peer;
/* kind 0: IndexBinaryFlat; 1: IndexBinaryMultiHash of 16 x 16 bits with one flip, which is exact to 31 bits.
 * `codes`: n times 32 bytes, the caller's until it is freed. */
struct fair_peer *fair_peer_new(int kind, const uint8_t *codes, size_t n);
/* How many pairs of queries and codes differ in at most `radius` bits. */
size_t fair_peer_within(struct fair_peer *p, const uint8_t *queries, size_t n, int radius);
void fair_peer_free(struct fair_peer *p);

#ifdef __cplusplus
}
#endif
#endif
