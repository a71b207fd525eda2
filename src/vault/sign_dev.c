/* sign_dev.c - prints the signed headers of S3 requests, for the comparison with another implementation.
 * A line of standard input: method, host, path, query, further header, digest, seconds, region, access key, secret; tabs between. */
#include <stdio.h>
#include <string.h>
#include "vault/vault_private.h"

int
main(void)
{
    char line[8192];

    while (fgets(line, sizeof line, stdin) != NULL) {
        FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
        fair_str rest = fair_str_of(line), f[10], out;
        struct fair_sha256 digest;
        int64_t at;

        if (rest.n > 0 && rest.p[rest.n - 1] == '\n') rest.n--;
        for (int i = 0; i < 10; i++)
            if (!fair_str_split(&rest, '\t', &f[i])) return 2;
        if (!fair_unhex(f[5], digest.b, 32) || !fair_str_number(f[6], INT64_MAX / FAIR_SECOND, &at)) return 2;
        out = fair_s3_sign(a, &(struct fair_s3_key){ f[7], f[8], f[9] }, fair_str_dup(a, f[0]).p, f[1], f[2], f[3], f[4], &digest, at * FAIR_SECOND);
        printf("%.*s\n", FAIR_STR_ARG(out));
    }
    return 0;
}
