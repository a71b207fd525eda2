-- Uses that left their case, what a page says of licences, and where counsel may act.

CREATE TABLE case_use_left (
    id BIGINT NOT NULL PRIMARY KEY,      -- of the use as it was
    org_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    work_id BIGINT NOT NULL,
    hit_id BIGINT NOT NULL,
    licence_id BIGINT NOT NULL,          -- the entry of the ledger that covers it
    account_id BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    why TEXT NOT NULL,
    FOREIGN KEY (org_id, case_id) REFERENCES case_file (org_id, id)
);

CREATE INDEX case_use_left_case ON case_use_left (org_id, case_id, id);

ALTER TABLE capture ADD COLUMN markers TEXT;         -- JSON array of what speaks of a licence or credit; NULL: it was not looked for
ALTER TABLE account ADD COLUMN countries TEXT;       -- where counsel may act: "AT DE"
