/* source/fuzz_contact.c - any bytes as a security.txt and as an imprint: what comes out is an office's address, and nothing else. */
#include <stdlib.h>
#include "base/mime.h"
#include "source/contact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
held(const struct fair_contacts *c)
{
    if (c->n > FAIR_CONTACTS) abort();
    for (size_t i = 0; i < c->n; i++)
        if (!fair_mime_address_ok(c->v[i]) || !fair_contact_is_office(c->v[i])) abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    fair_str bytes = { (const char *)data, size }, expires;
    struct fair_contacts c;

    if (fair_security_txt(a, bytes, &c, &expires, NULL) == FAIR_OK) held(&c);
    fair_contact_mails(a, bytes, FAIR_STR("example.com"), &c);
    held(&c);
    return 0;
}
