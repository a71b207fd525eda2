/* source/fuzz_proxy_request.c - any bytes as a request to the proxy; what goes on must be one head and nothing more. */
#include <stdlib.h>
#include <string.h>
#include "source/proxy_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_proxy_request r;
    const char *end;

    if (fair_proxy_request_read(a, (fair_str){ (const char *)data, size }, &r, NULL) != FAIR_OK) return 0;
    if (r.host.n == 0 || r.port < 1 || r.port > 65535 || r.used > size) abort();
    if (r.tunnel) return 0;
    end = memmem(r.head.p, r.head.n, "\r\n\r\n", 4);
    if (end == NULL || end + 4 != r.head.p + r.head.n) abort();
    return 0;
}
