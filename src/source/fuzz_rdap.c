/* source/fuzz_rdap.c - any bytes as an RDAP answer, a jCard and a bootstrap file. */
#include <stdlib.h>
#include "source/rdap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str text = { (const char *)data, size }, url;
    struct fair_rdap *r = FAIR_NEW(a, struct fair_rdap);
    struct fair_rdap_contact c;

    if (fair_rdap_parse(a, text, r, NULL) == FAIR_OK)
        for (size_t i = 0; i < r->n_contacts; i++)
            if (r->contacts[i].email.p != NULL && !fair_utf8_valid(r->contacts[i].email)) abort();
    if (fair_rdap_card(a, text, &c, NULL) == FAIR_OK && c.name.p != NULL && !fair_utf8_valid(c.name)) abort();
    if (fair_rdap_server(a, text, FAIR_STR("www.example.com"), &url, NULL) == FAIR_OK && (url.n == 0 || url.p[url.n - 1] != '/')) abort();
    if (fair_rdap_server(a, text, FAIR_STR("2001:db8::1"), &url, NULL) == FAIR_OK && url.n == 0) abort();
    return 0;
}
