-- Forgetting people at their time: what holds it, and what was done.

CREATE TABLE legal_hold (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    why TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    until_us BIGINT NOT NULL,
    ended_us BIGINT,                     -- before its time
    ended_by BIGINT,
    ended_why TEXT,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, case_id) REFERENCES case_file (org_id, id)
);

CREATE INDEX legal_hold_case ON legal_hold (org_id, case_id) WHERE ended_us IS NULL;

CREATE TABLE forgotten (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    rule TEXT NOT NULL,                  -- a name of share/cases/retention.tsv, or "erasure"
    subject BIGINT NOT NULL,             -- the case, hit or mail; 0: rows of a kind
    account_id BIGINT NOT NULL,          -- 0: the system itself
    n_rows BIGINT NOT NULL,
    n_blobs BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    UNIQUE (org_id, id)
);

-- Keyed hashes stand in the place of what was about people.
ALTER TABLE hit ADD COLUMN forgotten_us BIGINT;
ALTER TABLE rule ADD COLUMN forgotten_us BIGINT;
ALTER TABLE mail_in ADD COLUMN forgotten_us BIGINT;

CREATE INDEX case_file_forget ON case_file (org_id, closed_us) WHERE closed_us IS NOT NULL AND forgotten_us IS NULL;
