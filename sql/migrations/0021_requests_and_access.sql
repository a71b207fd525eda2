-- What people ask about their data, and who looked at whose data.

CREATE TABLE request (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    case_id BIGINT,
    kind TEXT NOT NULL CHECK (kind IN ('data', 'complaint')),
    who TEXT,                            -- NULL: the recipient of the case
    words TEXT,
    at_us BIGINT NOT NULL,
    due_us BIGINT NOT NULL,              -- a month later
    answered_us BIGINT,
    answered_by BIGINT,
    answer TEXT,                         -- how it was answered
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, case_id) REFERENCES case_file (org_id, id)
);

CREATE INDEX request_due ON request (org_id, due_us) WHERE answered_us IS NULL;
CREATE INDEX request_case ON request (org_id, case_id) WHERE case_id IS NOT NULL;

CREATE TABLE access (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    account_id BIGINT NOT NULL,          -- 0: the system itself
    at_us BIGINT NOT NULL,
    how TEXT NOT NULL CHECK (how IN ('page', 'api', 'verb')),
    what TEXT NOT NULL,                  -- the page or verb
    subject BIGINT NOT NULL,             -- the case, letter, answer ...; 0: a list
    why TEXT,                            -- where it was asked
    UNIQUE (org_id, id)
);

CREATE INDEX access_account ON access (org_id, account_id, id);
CREATE INDEX access_subject ON access (org_id, subject, id);
CREATE INDEX access_at ON access (org_id, at_us);
