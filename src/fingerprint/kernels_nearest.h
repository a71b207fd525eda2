/* fingerprint/kernels_nearest.h - `nearest` and `nearest4` of kernels_parts.h, for each processor.  Private to fingerprint. */
#ifndef FAIR_FINGERPRINT_KERNELS_NEAREST_H
#define FAIR_FINGERPRINT_KERNELS_NEAREST_H
#include <stddef.h>
#include <stdint.h>

void fair_nearest_plain(const uint64_t code[4], const uint64_t (*blocks)[4][8], size_t n, unsigned m, uint32_t *keys);
void fair_nearest_avx2(const uint64_t code[4], const uint64_t (*blocks)[4][8], size_t n, unsigned m, uint32_t *keys);
void fair_nearest_avx512(const uint64_t code[4], const uint64_t (*blocks)[4][8], size_t n, unsigned m, uint32_t *keys);
void fair_nearest4_plain(const uint64_t code[4][4], const uint64_t (*blocks)[4][8], size_t n, unsigned m, uint32_t *keys);
void fair_nearest4_avx2(const uint64_t code[4][4], const uint64_t (*blocks)[4][8], size_t n, unsigned m, uint32_t *keys);
void fair_nearest4_avx512(const uint64_t code[4][4], const uint64_t (*blocks)[4][8], size_t n, unsigned m, uint32_t *keys);

#endif
