/* fingerprint/bench_orb.h - OpenCV's local features and matcher, for bench_parts to measure ours against. */
#ifndef FAIR_BENCH_ORB_H
#define FAIR_BENCH_ORB_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/* How many points cv::ORB of at most `most` (else as it comes: 8 levels of 1.2) finds and describes in a grey picture without gaps
 * between its rows; on one thread. */
size_t fair_orb_take(const uint8_t *grey, unsigned width, unsigned height, int most);
/* The same of cv::SIFT. */
size_t fair_sift_take(const uint8_t *grey, unsigned width, unsigned height, int most);
/* cv::BFMatcher of NORM_HAMMING: the two nearest of `n_train` codes of 32 bytes to each of `n` queries; bits[2 i], bits[2 i + 1] their
 * distances, the nearer first. */
void fair_bf_nearest(const uint8_t *queries, size_t n, const uint8_t *train, size_t n_train, uint16_t *bits);
/* The same with its cross-check: how many pairs are each other's nearest. */
size_t fair_bf_mutual(const uint8_t *queries, size_t n, const uint8_t *train, size_t n_train);

#ifdef __cplusplus
}
#endif
#endif
