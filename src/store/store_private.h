/* store/store_private.h - what the files of this room share. */
#ifndef FAIR_STORE_PRIVATE_H
#define FAIR_STORE_PRIVATE_H
#include "store/db.h"
#include "store/store.h"

struct fair_store {
    struct fair_db *db;
    char *path;
    int depth;                /* transactions within transactions */
};

struct fair_embedded { const char *name; const unsigned char *bytes; size_t n; };
extern const struct fair_embedded fair_migrations[];
extern const size_t fair_migrations_n;

/* Bring the schema up to date.  FAIR_REFUSED: it is newer than we are. */
fair_status fair_store_migrate(struct fair_store *st, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_store_schema(struct fair_store *st, int64_t *version, struct fair_err *err) FAIR_MUST_CHECK;

/* A statement for this desk: $1 is its organisation. */
fair_status fair_desk_query(const struct fair_desk *d, const struct fair_sql *sql, struct fair_rows **out, struct fair_err *err) FAIR_MUST_CHECK;
/* One of the few that go across organisations. */
fair_status fair_store_query(struct fair_store *st, const struct fair_sql *sql, struct fair_rows **out, struct fair_err *err) FAIR_MUST_CHECK;

/* Several writes as one: what is begun and not ended is undone on the way out.
 *     FAIR_AUTO(txn) struct fair_txn t = { 0 };
 *     FAIR_TRY(fair_txn_begin(st, &t, err));  ...  return fair_txn_end(&t, err);
 * Within another (fair_store_do, say) it is a part of that one. */
struct fair_txn { struct fair_store *st; int level; };
fair_status fair_txn_begin(struct fair_store *st, struct fair_txn *t, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_txn_end(struct fair_txn *t, struct fair_err *err) FAIR_MUST_CHECK;
void fair_txn_free(struct fair_txn *t);

/* Append to the chain of what people did.  Within the transaction of the deed. */
fair_status fair_audit(const struct fair_desk *d, fair_time at, const char *what, fair_id subject, fair_str details, struct fair_err *err) FAIR_MUST_CHECK;
/* Once, by the migration that put words beside the chains: chains of before are checked and made anew (chain_renew.c). */
fair_status fair_chains_renew(struct fair_store *st, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_audit_check(struct fair_store *st, int64_t *rows, fair_str *fault, struct fair_arena *a, struct fair_err *err) FAIR_MUST_CHECK;
struct fair_sha256 fair_hmac(const uint8_t key[32], fair_str text);        /* HMAC-SHA256, RFC 2104 */
/* Words beside a chain: it covers SHA-256(salt, words), so that words and salt can be erased. */
enum { FAIR_SALT = 32 };
fair_str fair_salt_new(struct fair_arena *a);
struct fair_sha256 fair_salted(fair_str salt, fair_str words);
/* Drop what the rows about this say beyond who did what when; the chain holds.  *n grows by how many. */
fair_status fair_audit_forget(const struct fair_desk *d, const char *what, fair_id subject, int64_t *n, struct fair_err *err) FAIR_MUST_CHECK;
/* "text" with quotes, escaped, as JSON wants it; absent = null. */
void fair_json_text(struct fair_buf *b, fair_str s);

/* Lower case as far as search needs it: ASCII, Latin, Greek, Cyrillic. */
fair_str fair_fold(struct fair_arena *a, fair_str s);
/* The folded text as the pattern of a LIKE ... ESCAPE '\' that finds it anywhere; absent for none. */
fair_str fair_like(struct fair_arena *a, fair_str s);

struct fair_sha256 fair_key_of(fair_str s);

/* Count a reference of a row to a blob; none is no reference. */
fair_status fair_blob_hold(const struct fair_desk *d, const struct fair_sha256 *key, int64_t bytes, struct fair_err *err) FAIR_MUST_CHECK;
/* FAIR_REFUSED: this organisation erased it. */
fair_status fair_stone_none(const struct fair_desk *d, const struct fair_sha256 *key, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_blob_let_go(const struct fair_desk *d, const struct fair_sha256 *key, struct fair_err *err) FAIR_MUST_CHECK;

static inline int64_t fair_page_limit(struct fair_page p) { return p.limit > 0 ? p.limit : 100; }
static inline int64_t fair_page_offset(struct fair_page p) { return p.offset > 0 ? p.offset : 0; }

#endif
