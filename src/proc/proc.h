/* proc/proc.h - the helper programs of the house: what each may do, how one is started and watched, how it is confined.
 *
 * A helper is a program of its own, exec'd and never forked, linked only with what it needs.  It reads its
 * arguments, opens what it needs, confines itself, says "ready" and then answers messages (proc/messages.h)
 * until its socket closes.  Whoever starts it believes nothing it says. */
#ifndef FAIR_PROC_H
#define FAIR_PROC_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/text.h"
#include "proc/messages.h"

enum fair_role {
    FAIR_ROLE_DECODE,         /* JPEG, PNG, GIF, BMP, ICO, HTML, CSS               */
    FAIR_ROLE_DECODE_VIPS,    /* the other picture formats                         */
    FAIR_ROLE_FETCH,          /* the network outwards                              */
    FAIR_ROLE_MAIL,           /* one mail server, outwards                         */
    FAIR_ROLE_RENDER,         /* documents to PDF                                  */
    FAIR_ROLE_PROXY,          /* a browser's way out                               */
    FAIR_ROLE_HEAR,           /* one mailbox, read                                 */
    FAIR_ROLE_MAIL_READ,      /* mails of strangers                                */
    FAIR_ROLE_PORTAL,         /* what recipients see and answer                    */
    FAIR_ROLE_NOTARY,         /* the signing key                                   */
    FAIR_ROLE_POST,           /* a letter to the mail server, asking the rules again */
    FAIR_ROLE_VERIFY,         /* no helper: `fairtrack verify` itself, before it reads a package */
    FAIR_N_ROLES
};

/* What a helper may still do after fair_proc_confine beside computing, using
 * the descriptors it has, and ending. */
enum fair_may {
    FAIR_MAY_THREAD = 1 << 0,     /* start threads (never processes)               */
    FAIR_MAY_CONNECT = 1 << 1,    /* TCP and UDP outwards; never bind or listen */
    FAIR_MAY_READ = 1 << 2,       /* open the files in `reads`, read-only          */
    FAIR_MAY_MEMFD = 1 << 3,      /* make anonymous memory files to hand over      */
    FAIR_MAY_ACCEPT = 1 << 4,     /* take connections on a socket that listened before */
    FAIR_MAY_WRITE = 1 << 5,      /* make, read, replace and remove files in one folder (fair_confine.folder) and those that are in it */
    FAIR_MAY_PRINT = 1 << 6       /* write into files that are open already        */
};

struct fair_role_rules {
    const char *name;             /* "decode"                                      */
    const char *program;          /* "fairtrack-decode"                            */
    const char *does;             /* for docs/processes.txt                        */
    unsigned may;
    const char *const *reads;     /* files and folders, ended by NULL; NULL: none  */
    size_t memory;                /* bytes of data; 0 = as the system allows       */
    unsigned seconds;             /* for one message; then it is killed            */
    unsigned replace_after;       /* messages, then a fresh one; 0 = never         */
    unsigned descriptors;         /* RLIMIT_NOFILE                                 */
    size_t in_bytes, out_bytes;   /* the mappings shared with it; 0 = none         */
    const char *talks;            /* to whom; NULL: to the fairtrack that started it */
};
extern const struct fair_role_rules fair_role_rules[FAIR_N_ROLES];

/* The table as text: what docs/processes.txt must say (a test compares). */
fair_str fair_roles_text(struct fair_arena *a);

/* ---- memory that two processes share ---------------------------------------------------------------- */

/* An anonymous file of fixed size, mapped here.  It can neither grow nor shrink (sealed). */
struct fair_shared {
    int fd;                       /* to hand over; -1: none                        */
    uint8_t *p;
    size_t n;
};
/* FAIR_SHARED_IN: we write, whoever gets fd can only read it (F_SEAL_FUTURE_WRITE).
 * FAIR_SHARED_OUT: whoever gets fd writes, here it is mapped read-only. */
enum fair_shared_kind { FAIR_SHARED_IN, FAIR_SHARED_OUT };
fair_status fair_shared_make(enum fair_shared_kind kind, size_t n, struct fair_shared *out, struct fair_err *err) FAIR_MUST_CHECK;
void fair_shared_free(struct fair_shared *s);

/* `n` bytes as a sealed anonymous file that nobody can change any more: for what is too large for a
 * mapping made before.  The caller closes *fd. */
fair_status fair_sealed_make(const void *bytes, size_t n, int *fd, struct fair_err *err) FAIR_MUST_CHECK;
/* Map one that we were handed, read-only.  FAIR_CORRUPT unless it is fully sealed; FAIR_LIMIT when it holds
 * more than `max` bytes.  On success s->fd is -1 and fair_shared_free unmaps; fd stays the caller's. */
fair_status fair_sealed_map(int fd, size_t max, struct fair_shared *s, struct fair_err *err) FAIR_MUST_CHECK;

/* ---- the parent's side ------------------------------------------------------------------------------ */

struct fair_helper_options {
    bool weak;                    /* decode.sandbox = weak: go on where a protection is missing */
    size_t memory;                /* bytes; 0: the role's                          */
    const char *setting;          /* NULL, or a text for the helper before it is confined */
    const struct fair_shared *in; /* the mapping it reads, where several share one; NULL: it gets its own */
    const char *program;          /* NULL: the role's; another one in tests        */
};

struct fair_helper {
    enum fair_role role;
    pid_t pid;
    int pidfd;                    /* readable when it has ended                    */
    int sock;                     /* non-blocking; for poll and fair_helper_tell   */
    struct fair_shared in, out;   /* in is not ours where it was given in the options (fd -1) */
    bool ready;                   /* it is confined and has said so                */
    char protection[400];         /* then: what is in force, in words              */
    size_t memory;                /* bytes it may use; 0: as the system allows     */
    unsigned told;                /* messages sent to it                           */
};

/* Where a program of ours lies: in $FAIRTRACK_LIBEXEC where that is set, else beside this program, in ../libexec/fairtrack
 * from there, or in the build tree.  FAIR_NOT_FOUND names the places. */
fair_status fair_helper_program(struct fair_arena *a, const char *program, fair_str *out, struct fair_err *err) FAIR_MUST_CHECK;

/* Start the program of `role`: from $FAIRTRACK_LIBEXEC where that is set, else beside this program, in
 * ../libexec/fairtrack from there, or in the build tree.  Returns as soon as it is started; messages may
 * be sent at once.  It is killed when the thread that started it ends.
 *   FAIR_NOT_FOUND  no such program there (the text names the places) */
fair_status fair_helper_start(enum fair_role role, const struct fair_helper_options *o, struct fair_helper **out, struct fair_err *err) FAIR_MUST_CHECK;
/* Kills it if it still runs, and reaps it. */
void fair_helper_free(struct fair_helper **h);

/* Send.  FAIR_AGAIN: its queue is full.  FAIR_IO: it has ended. */
fair_status fair_helper_tell(struct fair_helper *h, const struct fair_msg *m, struct fair_err *err) FAIR_MUST_CHECK;
/* What it says next, the body in the arena; its "ready" is taken in on the way.  Descriptors are refused
 * unless `fds`.
 *   FAIR_AGAIN    nothing yet (poll h->sock)
 *   FAIR_DONE     its socket closed: it has ended, or is as good as that (fair_helper_end says how)
 *   FAIR_REFUSED  it could not be confined (strict), or is of another version
 *   FAIR_CORRUPT  it broke the rules of messages: kill it */
fair_status fair_helper_hear(struct fair_helper *h, struct fair_arena *a, bool fds, struct fair_msg *m, struct fair_err *err) FAIR_MUST_CHECK;
/* Wait until it is ready, for `wait_ms` at most (then FAIR_LIMIT); anything else it says is FAIR_CORRUPT. */
fair_status fair_helper_wait_ready(struct fair_helper *h, int wait_ms, struct fair_err *err) FAIR_MUST_CHECK;

/* How a helper came to its end. */
struct fair_ending {
    int status, signal;           /* exit status, or the signal that ended it (then status is -1) */
    bool memory;                  /* it ran out of the memory it may use           */
    char words[120];              /* "was ended by signal 11 (Segmentation fault)"     */
};
/* Kill it if it still runs after `grace_ms`, reap it, say how it ended. */
void fair_helper_end(struct fair_helper **h, int grace_ms, struct fair_ending *how);

/* ---- the helper's side ------------------------------------------------------------------------------ */

struct fair_self {
    enum fair_role role;
    bool weak;
    size_t memory;
    const char *setting;          /* NULL where none was given                     */
    int sock;                     /* blocking                                      */
    const uint8_t *in;            /* the shared mappings; NULL where the role has none */
    size_t n_in;
    uint8_t *out;
    size_t n_out;
};

/* The first call in main: takes over what the parent handed us, dies with the parent, keeps no other
 * descriptor.  FAIR_INVALID where we were not started by fairtrack: print the text and exit 2. */
fair_status fair_self_begin(int argc, char **argv, enum fair_role role, struct fair_self *self, struct fair_err *err) FAIR_MUST_CHECK;
/* After everything needed is open: confine, and tell the parent that we are ready, or why not (then the
 * status is not FAIR_OK and we must end).  `ports`: the TCP ports a role with FAIR_MAY_CONNECT may connect
 * to, as far as the kernel can hold it to them (Landlock ABI 4); n_ports 0: any. */
fair_status fair_self_ready(struct fair_self *self, const uint16_t *ports, size_t n_ports, struct fair_err *err) FAIR_MUST_CHECK;

struct fair_confine {
    bool weak;
    size_t memory;                /* 0: the role's                                 */
    const uint16_t *ports;
    size_t n_ports;
    const char *folder;           /* of a role that may write: the only one        */
};
/* Give up everything the role does not grant: resource limits, no_new_privs, Landlock as far as the kernel
 * has it, seccomp.  Before the first foreign byte, and before any thread was started (FAIR_REFUSED).
 * `text` gets what is in force, in words.  Where a wall would be missing altogether (no seccomp; or no
 * Landlock for a role that opens files) the answer is FAIR_REFUSED, unless `weak`. */
fair_status fair_proc_confine(enum fair_role role, const struct fair_confine *how, char *text, size_t room, struct fair_err *err) FAIR_MUST_CHECK;

#endif
