-- Who works here, what they may read in the vault, and the works they registered.
-- Rules of all migrations: docs/formats/database.md.  A migration is never edited.

CREATE TABLE org (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    created_us BIGINT NOT NULL
);

CREATE TABLE account (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,      -- lower case, without spaces around it
    name TEXT,
    role TEXT NOT NULL CHECK (role IN ('owner', 'caseworker', 'reviewer', 'counsel', 'admin')),
    password TEXT,                       -- an argon2id string; NULL until one is set
    disabled BIGINT NOT NULL CHECK (disabled IN (0, 1)),
    created_us BIGINT NOT NULL,
    UNIQUE (org_id, id)
);

-- Signed-in browsers and one-time links, by the SHA-256 of their secret.
CREATE TABLE session (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    secret BLOB NOT NULL UNIQUE,
    csrf TEXT,
    created_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    seen_us BIGINT NOT NULL,
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);
CREATE INDEX session_account ON session (org_id, account_id);
CREATE INDEX session_expires ON session (expires_us);

CREATE TABLE sign_in_link (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    secret BLOB NOT NULL UNIQUE,
    expires_us BIGINT NOT NULL,
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);
CREATE INDEX sign_in_link_account ON sign_in_link (org_id, account_id);
CREATE INDEX sign_in_link_expires ON sign_in_link (expires_us);

-- Failed sign-ins, for the brake.  org_id is 0: nobody is signed in yet.
CREATE TABLE sign_in_failure (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    who TEXT NOT NULL,
    at_us BIGINT NOT NULL
);
CREATE INDEX sign_in_failure_who ON sign_in_failure (who, at_us);
CREATE INDEX sign_in_failure_at ON sign_in_failure (at_us);

CREATE TABLE setting (
    org_id BIGINT NOT NULL,              -- 0: of the installation
    name TEXT NOT NULL,
    value TEXT,
    PRIMARY KEY (org_id, name)
);

-- What people did, chained by hash for each organisation: rows are added and never changed.
CREATE TABLE audit (
    org_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    account_id BIGINT NOT NULL,          -- 0: the system itself
    what TEXT NOT NULL,
    subject BIGINT NOT NULL,
    details TEXT NOT NULL,               -- JSON
    prev BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (org_id, seq)
);

-- How many rows of an organisation refer to a blob of the vault.  At 0 it waits to be erased.
CREATE TABLE vault_ref (
    org_id BIGINT NOT NULL REFERENCES org (id),
    sha256 BLOB NOT NULL,
    refs BIGINT NOT NULL CHECK (refs >= 0),
    bytes BIGINT NOT NULL,
    PRIMARY KEY (org_id, sha256)
);
CREATE INDEX vault_ref_sha256 ON vault_ref (sha256);
CREATE INDEX vault_ref_none ON vault_ref (sha256) WHERE refs = 0;

-- Whom a work belongs to, where that is not the organisation itself.
CREATE TABLE owner (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    name TEXT NOT NULL,
    email TEXT,
    created_us BIGINT NOT NULL,
    UNIQUE (org_id, id)
);

CREATE TABLE work (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    owner_id BIGINT,
    title TEXT,
    collection TEXT,
    path BLOB,                           -- bytes as they are: a path may be no UTF-8
    sha256 BLOB NOT NULL,
    bytes BIGINT NOT NULL,
    referenced BIGINT NOT NULL CHECK (referenced IN (0, 1)),
    format TEXT,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    orientation BIGINT NOT NULL,
    quality BIGINT NOT NULL,
    thumb BLOB,
    preview BLOB,
    proof BLOB,
    raw BLOB,
    raw_path BLOB,
    creator TEXT,
    copyright TEXT,
    credit TEXT,
    date TEXT,
    rights_url TEXT,
    licensor TEXT,
    c2pa TEXT,
    near_id BIGINT,
    scheme BIGINT NOT NULL,
    added_us BIGINT NOT NULL,
    removed_us BIGINT,
    search TEXT NOT NULL,                -- what is looked for, in lower case
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, owner_id) REFERENCES owner (org_id, id),
    FOREIGN KEY (org_id, near_id) REFERENCES work (org_id, id)
);
CREATE UNIQUE INDEX work_sha256 ON work (org_id, sha256) WHERE removed_us IS NULL;
CREATE INDEX work_listed ON work (org_id, id) WHERE removed_us IS NULL;
CREATE INDEX work_collection ON work (org_id, collection, id) WHERE removed_us IS NULL;
CREATE INDEX work_removed ON work (org_id, removed_us) WHERE removed_us IS NOT NULL;
CREATE INDEX work_owner ON work (org_id, owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX work_near ON work (org_id, near_id) WHERE near_id IS NOT NULL;

-- Large, and wanted only by the index's writer: not in the way of lists.
CREATE TABLE work_fingerprint (
    org_id BIGINT NOT NULL,
    work_id BIGINT NOT NULL,
    scheme BIGINT NOT NULL,
    fingerprint BLOB NOT NULL,
    PRIMARY KEY (org_id, work_id),
    FOREIGN KEY (org_id, work_id) REFERENCES work (org_id, id)
);

-- Files that were read, so that a second run need not read them again.
CREATE TABLE work_path (
    org_id BIGINT NOT NULL,
    path_key BLOB NOT NULL,              -- SHA-256 of the path
    path BLOB NOT NULL,
    bytes BIGINT NOT NULL,
    mtime_us BIGINT NOT NULL,
    work_id BIGINT NOT NULL,
    PRIMARY KEY (org_id, path_key),
    FOREIGN KEY (org_id, work_id) REFERENCES work (org_id, id)
);
CREATE INDEX work_path_work ON work_path (org_id, work_id);
