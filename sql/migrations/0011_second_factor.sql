-- The second factor of signing in: time-based codes (RFC 6238) and the codes for a lost device.

CREATE TABLE second_factor (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    secret BLOB NOT NULL,
    created_us BIGINT NOT NULL,
    confirmed_us BIGINT,                 -- NULL: shown, and no code of it seen yet
    last_step BIGINT NOT NULL,           -- the newest step whose code was taken: none is taken twice
    UNIQUE (org_id, account_id),
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);

CREATE TABLE recovery_code (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    mark TEXT NOT NULL,                  -- its first letters, so that one hash is tried and not ten
    hash TEXT NOT NULL,                  -- argon2id
    used_us BIGINT,
    UNIQUE (org_id, account_id, mark),
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);

-- By which its owner knows a session again.
ALTER TABLE session ADD COLUMN agent TEXT;
ALTER TABLE session ADD COLUMN peer TEXT;
