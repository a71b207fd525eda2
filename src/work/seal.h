/* work/seal.h - packages and deposits from beginning to end: handed over, signed, time-stamped, exported. */
#ifndef FAIR_WORK_SEAL_H
#define FAIR_WORK_SEAL_H
#include "evidence/overlay.h"
#include "evidence/package.h"
#include "store/package_rows.h"
#include "work/house.h"

/* A grey picture as a side of an overlay; width and height are those of the file, upright. */
struct fair_overlay_side fair_overlay_side_of(const struct fair_image *grey, uint32_t width, uint32_t height);

/* What a capture gives: everything there is.  facts->capture is the package's id; 0: a fresh one. */
struct fair_handover {
    const struct fair_capture_facts *facts;
    fair_str warc, cdxj;      /* archive/data.warc.gz whole; fair_warc_writer_cdxj           */
    const struct fair_package_file *files; size_t n_files;
};
/* Make the package, sign it, keep it (state "sealing") and ask for the job that seals it.  It is on disk and its row is
 * written when this returns; until then there is nothing.  FAIR_IO where the disk is full: nothing was kept. */
fair_status fair_package_hand_over(struct fair_house *h, const struct fair_handover *o, fair_id *package, struct fair_err *err) FAIR_MUST_CHECK;

/* One try to seal it: asks the time-stamp services that have not answered yet, and seals it when two have, or all that are set
 * (after a day: one).  *waits: it is not sealed yet, and the job was asked for again.  Done already: FAIR_OK. */
fair_status fair_package_seal(struct fair_house *h, fair_id package, bool *waits, struct fair_err *err) FAIR_MUST_CHECK;

/* A line of custody: "viewed", "exported" ... by the acting account. */
fair_status fair_package_custody(struct fair_house *h, fair_id package, const char *what, fair_str detail, struct fair_err *err) FAIR_MUST_CHECK;
/* The same by somebody without an account here, at `at`: `once` names it, and a line of custody that has it already is not written again. */
fair_status fair_package_custody_by(struct fair_house *h, fair_id package, const char *what, fair_str who, fair_str detail, fair_str once, fair_time at, struct fair_err *err) FAIR_MUST_CHECK;
/* The sealed package as a file, with custody up to now (a line of its own among it, `what`), closed anew by the notary.
 * FAIR_AGAIN: not sealed yet. */
fair_status fair_package_export(struct fair_house *h, fair_id package, const char *what, fair_str detail, struct fair_arena *a, fair_str *file,
                                struct fair_err *err) FAIR_MUST_CHECK;
/* The same for our own verifier, which reads it and hands it to nobody: without a line of custody. */
fair_status fair_package_whole(struct fair_house *h, fair_id package, struct fair_arena *a, fair_str *file, struct fair_err *err) FAIR_MUST_CHECK;
/* Its members, without custody: for showing one of them. */
fair_status fair_package_open(struct fair_house *h, fair_id package, struct fair_arena *a, struct fair_package_members *out, struct fair_err *err) FAIR_MUST_CHECK;

/* One deposit of all works that stand in none.  FAIR_NOT_FOUND: there are none. */
fair_status fair_deposit_make(struct fair_house *h, struct fair_deposit *out, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_deposit_seal(struct fair_house *h, fair_id deposit, bool *waits, struct fair_err *err) FAIR_MUST_CHECK;
/* Hold a deposit that is stamped against its works and the trusted services, and let the works' levels rest on it where it holds.  Done by
 * the seal; again where the roots of the settings changed.  FAIR_CORRUPT: its works do not give its root. */
fair_status fair_deposit_prove(struct fair_house *h, fair_id deposit, struct fair_err *err) FAIR_MUST_CHECK;
/* The proof of one work as a file (evidence/deposit.h).  FAIR_NOT_FOUND: it stands in no deposit; FAIR_AGAIN: no stamp yet. */
fair_status fair_deposit_proof_of(struct fair_house *h, fair_id work, struct fair_arena *a, fair_str *file, struct fair_err *err) FAIR_MUST_CHECK;

/* The jobs "seal" {"package": ID} and "deposit" {"deposit": ID} (work/jobs.c). */
fair_status fair_job_seal(struct fair_house *h, const struct fair_job *job, struct fair_arena *a, struct fair_err *err) FAIR_MUST_CHECK;
fair_status fair_job_deposit(struct fair_house *h, const struct fair_job *job, struct fair_arena *a, struct fair_err *err) FAIR_MUST_CHECK;

#endif
