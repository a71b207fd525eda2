-- Evidence: packages, who had them in hands, their time stamps; deposits of whole collections.

CREATE TABLE package (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    number BIGINT,                       -- the organisation's 1st, 2nd, ...; none before it is drafted
    hit_id BIGINT,
    work_id BIGINT,
    account_id BIGINT NOT NULL,          -- 0: the system itself
    state TEXT NOT NULL CHECK (state IN ('capturing', 'sealing', 'sealed', 'failed')),
    url BLOB NOT NULL,
    title TEXT,
    made_us BIGINT NOT NULL,
    captured_us BIGINT,                  -- when the capture began
    sealed_us BIGINT,
    draft BLOB,                          -- SHA-256 in the vault: all but datapackage-digest.json
    bytes BIGINT NOT NULL,
    datapackage BLOB,                    -- SHA-256 of datapackage.json
    previous BLOB,                       -- of the package before
    software TEXT,
    signature BLOB,
    signature_der BLOB,
    signer BLOB,                         -- public key
    ots BLOB,
    tries BIGINT NOT NULL,               -- of its seal
    error TEXT,                          -- why it is not sealed yet, or never will be
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, hit_id) REFERENCES hit (org_id, id),
    FOREIGN KEY (org_id, work_id) REFERENCES work (org_id, id)
);
CREATE UNIQUE INDEX package_number ON package (org_id, number) WHERE number IS NOT NULL;
CREATE INDEX package_hit ON package (org_id, hit_id, id);
CREATE INDEX package_work ON package (org_id, work_id) WHERE work_id IS NOT NULL;
CREATE INDEX package_state ON package (org_id, state, id);

CREATE TABLE package_stamp (
    org_id BIGINT NOT NULL,
    package_id BIGINT NOT NULL,
    server TEXT NOT NULL,
    reply BLOB NOT NULL,                 -- TimeStampResp, DER
    at_us BIGINT NOT NULL,               -- what it says
    PRIMARY KEY (org_id, package_id, server),
    FOREIGN KEY (org_id, package_id) REFERENCES package (org_id, id)
);

CREATE TABLE custody (
    org_id BIGINT NOT NULL,
    package_id BIGINT NOT NULL,
    n BIGINT NOT NULL,                   -- 1, 2, ...
    what TEXT NOT NULL,
    line TEXT NOT NULL,                  -- JSON, as it stands in the package
    hash BLOB NOT NULL,                  -- SHA-256 of line
    at_us BIGINT NOT NULL,
    PRIMARY KEY (org_id, package_id, n),
    FOREIGN KEY (org_id, package_id) REFERENCES package (org_id, id)
);

CREATE TABLE deposit (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    account_id BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('stamping', 'stamped')),
    root BLOB NOT NULL,                  -- of the Merkle tree over its works
    works BIGINT NOT NULL,
    made_us BIGINT NOT NULL,
    stamped_us BIGINT,
    ots BLOB,
    tries BIGINT NOT NULL,
    error TEXT,
    UNIQUE (org_id, id)
);

CREATE TABLE deposit_work (
    org_id BIGINT NOT NULL,
    deposit_id BIGINT NOT NULL,
    place BIGINT NOT NULL,               -- 0, 1, ...: the leaf
    work_id BIGINT NOT NULL,
    sha256 BLOB NOT NULL,
    PRIMARY KEY (org_id, deposit_id, place),
    FOREIGN KEY (org_id, deposit_id) REFERENCES deposit (org_id, id),
    FOREIGN KEY (org_id, work_id) REFERENCES work (org_id, id)
);
CREATE INDEX deposit_work_work ON deposit_work (org_id, work_id);

CREATE TABLE deposit_stamp (
    org_id BIGINT NOT NULL,
    deposit_id BIGINT NOT NULL,
    server TEXT NOT NULL,
    reply BLOB NOT NULL,
    at_us BIGINT NOT NULL,
    PRIMARY KEY (org_id, deposit_id, server),
    FOREIGN KEY (org_id, deposit_id) REFERENCES deposit (org_id, id)
);
