-- What recipients answered on the portal, and the links that were made for them.

-- An answer as it came: sealed to the home's key, in the vault; the row tells what became of it.
CREATE TABLE portal_answer (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    notice_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    name TEXT NOT NULL,                  -- the file it came as: taken once
    action TEXT NOT NULL,
    receipt TEXT NOT NULL,
    sealed BLOB NOT NULL,                -- blob in the vault
    at_us BIGINT NOT NULL,               -- when it was sent
    taken_us BIGINT NOT NULL,
    moved TEXT,                          -- the move it made of the case; NULL: none
    refused TEXT,                        -- why the engine did not, in words
    read_us BIGINT,                      -- by a person
    read_by BIGINT,
    UNIQUE (org_id, id),
    UNIQUE (org_id, notice_id, name),
    FOREIGN KEY (org_id, notice_id) REFERENCES notice (org_id, id),
    FOREIGN KEY (org_id, case_id) REFERENCES case_file (org_id, id)
);
CREATE INDEX portal_answer_case ON portal_answer (org_id, case_id, id);
CREATE INDEX portal_answer_unread ON portal_answer (org_id, id) WHERE read_us IS NULL;

-- A link to a notice: its secret is in the letter alone, here is its SHA-256.
CREATE TABLE portal_link (
    org_id BIGINT NOT NULL,
    notice_id BIGINT NOT NULL,
    secret BLOB NOT NULL,
    made_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    why TEXT NOT NULL CHECK (why IN ('letter', 'renewed')),
    PRIMARY KEY (org_id, secret),
    FOREIGN KEY (org_id, notice_id) REFERENCES notice (org_id, id)
);
CREATE INDEX portal_link_notice ON portal_link (org_id, notice_id);
