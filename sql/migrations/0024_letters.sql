-- Where a letter goes is fixed when it is drafted; which letters are owed; letters by post; probes of page and mail.

ALTER TABLE notice ADD COLUMN to_lawyer BIGINT NOT NULL DEFAULT 0 CHECK (to_lawyer IN (0, 1));     -- sent_to is the lawyer whom the recipient named
ALTER TABLE notice ADD COLUMN automatic BIGINT NOT NULL DEFAULT 0 CHECK (automatic IN (0, 1));     -- made by itself from the records alone

CREATE TABLE letter_owed (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,                 -- the event that owes it
    step TEXT NOT NULL,                  -- of share/letters: "close-wrong"
    asked_us BIGINT NOT NULL,
    next_us BIGINT NOT NULL,             -- when it is tried (again)
    tries BIGINT NOT NULL,
    notice_id BIGINT,                    -- its draft
    done_us BIGINT,                      -- it was let out, or need not go any more
    how TEXT CHECK (how IN ('sent', 'not_needed')),
    error TEXT,                          -- why it could not leave yet
    UNIQUE (org_id, id),
    UNIQUE (org_id, case_id, seq, step),
    FOREIGN KEY (org_id, case_id) REFERENCES case_file (org_id, id),
    FOREIGN KEY (org_id, notice_id) REFERENCES notice (org_id, id)
);
CREATE INDEX letter_owed_due ON letter_owed (next_us) WHERE done_us IS NULL;
CREATE INDEX letter_owed_notice ON letter_owed (org_id, notice_id) WHERE notice_id IS NOT NULL;

CREATE TABLE posting (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    notice_id BIGINT NOT NULL,
    asked_us BIGINT NOT NULL,            -- the letter was let out, or is to go again
    carrier TEXT,
    tracking TEXT,
    posted_us BIGINT,                    -- the day it was handed over
    posted_by BIGINT,                    -- who entered that
    delivered_us BIGINT,                 -- the day it was delivered
    proof BLOB,                          -- SHA-256 of the document that shows it, in the vault
    proof_name TEXT,
    returned_us BIGINT,
    note TEXT,
    settled_by BIGINT,
    settled_us BIGINT,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, notice_id) REFERENCES notice (org_id, id)
);
CREATE UNIQUE INDEX posting_open ON posting (org_id, notice_id) WHERE settled_us IS NULL;
CREATE INDEX posting_waits ON posting (org_id, id) WHERE settled_us IS NULL;

CREATE TABLE probe (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,              -- 0: of the installation
    what TEXT NOT NULL CHECK (what IN ('portal', 'mail')),
    subject TEXT NOT NULL,               -- the address that was asked, or the mailbox
    code TEXT NOT NULL UNIQUE,           -- the public ID of its notice, or of its mail
    at_us BIGINT NOT NULL,
    done_us BIGINT,                      -- NULL: the mail has not come back yet
    passed BIGINT NOT NULL CHECK (passed IN (0, 1)),
    words TEXT                           -- what was found
);
CREATE INDEX probe_newest ON probe (what, id);
