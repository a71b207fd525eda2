/* base/types.h - the small values that every room passes to every other. */
#ifndef FAIR_BASE_TYPES_H
#define FAIR_BASE_TYPES_H
#include <stdint.h>

typedef int64_t fair_id;      /* a row of ours; > 0; 0 is "none"             */
typedef int64_t fair_time;    /* microseconds since 1970-01-01T00:00Z, UTC   */

#define FAIR_SECOND ((fair_time)1000000)
#define FAIR_MINUTE (60 * FAIR_SECOND)
#define FAIR_HOUR (60 * FAIR_MINUTE)
#define FAIR_DAY (24 * FAIR_HOUR)

struct fair_sha256 { uint8_t b[32]; };

#endif
