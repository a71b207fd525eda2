/* tests/proc/liar/liar.c - stands in for fairtrack-decode and does, by the bytes it is asked about, what one that was
 * taken over by a picture might do: lie about lengths, speak out of turn, send what was never asked for, crash. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "proc/decode_msg.h"
#include "proc/proc.h"

static struct fair_self self;

static void
answer(uint32_t tag, const struct fair_decode_answer *r, uint32_t type, int fd)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_msg m = { .type = type, .tag = tag, .body = fair_decode_answer_pack(r, a), .fd = fd };
    if (fair_msg_send(self.sock, &m, NULL) != FAIR_OK) _exit(9);
}

static bool
asked(fair_str bytes, const char *for_what)
{
    return fair_str_eq(bytes, fair_str_of(for_what));
}

static void
work(const struct fair_msg *m, const struct fair_decode_question *q)
{
    struct fair_decode_answer r = { .format = 1, .width = 4, .height = 4, .frames = 1, .orientation = 1, .decoded_rows = 4 };
    fair_str bytes = { (const char *)self.in, (size_t)q->n_bytes };
    uint32_t type = FAIR_MSG_DECODED, tag = m->tag;
    int fd = -1;

    if (asked(bytes, "segfault")) raise(SIGSEGV);
    if (asked(bytes, "leave")) _exit(3);
    if (asked(bytes, "no memory")) _exit(FAIR_EXIT_MEMORY);
    if (asked(bytes, "hang")) for (;;) pause();
    if (asked(bytes, "close the socket and hang")) {
        close(self.sock);
        for (;;) pause();
    }
    if (asked(bytes, "one byte") && send(self.sock, "x", 1, MSG_NOSIGNAL) < 0) _exit(9);
    if (asked(bytes, "length") && send(self.sock, "\x11\0\0\0\1\0\0\0\377\377\377\377", 12, MSG_NOSIGNAL) < 0) _exit(9);
    if (asked(bytes, "another type")) type = 99;
    if (asked(bytes, "ready again")) type = FAIR_MSG_READY;
    if (asked(bytes, "another ask")) tag += 1;
    if (asked(bytes, "a descriptor")) fd = self.sock;
    if (asked(bytes, "a status")) r.status = FAIR_DONE;
    if (asked(bytes, "a format")) r.format = 200;
    if (asked(bytes, "no size")) r.width = 0;
    if (asked(bytes, "a huge size")) r.width = r.height = 65536;
    if (asked(bytes, "no frames")) r.frames = 0;
    if (asked(bytes, "orientation")) r.orientation = 9;
    if (asked(bytes, "a blob past the end")) r.blob[FAIR_BLOB_THUMB] = (uint64_t)self.n_out + 1;
    if (asked(bytes, "blobs past the end")) r.blob[FAIR_BLOB_THUMB] = r.blob[FAIR_BLOB_PREVIEW] = (uint64_t)self.n_out * 3 / 4;
    if (asked(bytes, "all ones")) r.blob[FAIR_BLOB_FINGERPRINT] = UINT64_MAX;
    if (asked(bytes, "unasked")) r.blob[FAIR_BLOB_PROOF] = 10;
    if (asked(bytes, "links for a picture")) r.blob[FAIR_BLOB_LINKS] = 10;
    if (asked(bytes, "a grey lie")) r.blob[FAIR_BLOB_GREY] = 10;
    if (asked(bytes, "words")) r = (struct fair_decode_answer){ .status = FAIR_CORRUPT, .orientation = 1, .words = FAIR_STR("\xff\xfe") };
    if (asked(bytes, "words for ever")) {
        static char text[60000];
        memset(text, 'x', sizeof text);
        r.status = FAIR_CORRUPT;
        r.words = (fair_str){ text, sizeof text };
    }
    if (asked(bytes, "a fault with pixels")) {
        r.status = FAIR_CORRUPT;
        r.blob[FAIR_BLOB_THUMB] = 100;
    }
    if ((q->want & 1) != 0) {                   /* a fingerprint is wanted */
        memset(self.out, 0xff, 4096);
        r.blob[FAIR_BLOB_FINGERPRINT] = 4096;
    }
    if ((q->want & 8) != 0) {                   /* a thumbnail is wanted: this is none */
        memcpy(self.out, "<html>", 6);
        r.blob[FAIR_BLOB_THUMB] = 6;
    }
    if (q->kind != FAIR_DECODE_PICTURE) {
        memset(self.out, 0xff, 1000);
        r.blob[FAIR_BLOB_LINKS] = 1000;
    }
    answer(tag, &r, type, fd);
    if (asked(bytes, "twice")) answer(tag, &r, type, fd);
    if (asked(bytes, "then dies")) _exit(0);
}

int
main(int argc, char **argv)
{
    FAIR_AUTO(arena) struct fair_arena *a = fair_arena_new();
    struct fair_err err = { 0 };
    const char *start = getenv("RES_OPTIONS");  /* one of the few variables that a helper is given */

    if (fair_self_begin(argc, argv, FAIR_ROLE_DECODE, &self, &err) != FAIR_OK) return 2;
    if (start != NULL && strcmp(start, "leave") == 0) return 6;
    if (start != NULL && strcmp(start, "speak first") == 0) {
        struct fair_decode_answer r = { .orientation = 1 };
        answer(1, &r, FAIR_MSG_DECODED, -1);
    }
    if (start != NULL && strcmp(start, "refuse") == 0) {
        struct fair_buf b = FAIR_BUF(a, 100);
        struct fair_msg m = { .type = FAIR_MSG_REFUSED, .fd = -1 };
        fair_put_u32(&b, FAIR_PROTOCOL);
        fair_put_u32(&b, FAIR_ROLE_DECODE);
        fair_put_str(&b, FAIR_STR("seccomp: not on this kernel"));
        m.body = (fair_str){ b.p, b.n };
        return fair_msg_send(self.sock, &m, &err) == FAIR_OK ? 4 : 5;
    }
    if (start != NULL && strcmp(start, "another version") == 0) {
        struct fair_buf b = FAIR_BUF(a, 100);
        struct fair_msg m = { .type = FAIR_MSG_READY, .fd = -1 };
        fair_put_u32(&b, FAIR_PROTOCOL + 1);
        fair_put_u32(&b, FAIR_ROLE_DECODE);
        fair_put_str(&b, FAIR_STR("all is well"));
        m.body = (fair_str){ b.p, b.n };
        if (fair_msg_send(self.sock, &m, &err) != FAIR_OK) return 5;
    } else {                                    /* not confined: it is to be free to misbehave */
        struct fair_buf b = FAIR_BUF(a, 100);
        struct fair_msg m = { .type = FAIR_MSG_READY, .fd = -1 };
        fair_put_u32(&b, FAIR_PROTOCOL);
        fair_put_u32(&b, FAIR_ROLE_DECODE);
        fair_put_str(&b, FAIR_STR("nothing"));
        m.body = (fair_str){ b.p, b.n };
        if (fair_msg_send(self.sock, &m, &err) != FAIR_OK) return 5;
    }
    for (;;) {
        struct fair_msg m;
        struct fair_decode_question q;
        if (fair_msg_recv(self.sock, a, true, &m, &err) != FAIR_OK) return 0;
        if (fair_decode_question_unpack(m.body, &q, &err) != FAIR_OK) return 7;
        work(&m, &q);
        fair_arena_clear(a);
    }
}
