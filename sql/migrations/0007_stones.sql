-- What was erased, for whom it is gone: rows that name the blob go on naming it and show the stone.

CREATE TABLE stone (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    sha256 BLOB NOT NULL,
    why TEXT NOT NULL,
    account_id BIGINT NOT NULL,          -- 0: the system itself
    at_us BIGINT NOT NULL,
    lifted_us BIGINT,                    -- the bytes were put anew, knowingly
    lifted_by BIGINT,
    lifted_why TEXT,
    UNIQUE (org_id, id)
);
CREATE UNIQUE INDEX stone_here ON stone (org_id, sha256) WHERE lifted_us IS NULL;
CREATE INDEX stone_sha256 ON stone (sha256) WHERE lifted_us IS NULL;
