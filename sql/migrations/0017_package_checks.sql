-- What our own verifier found of a sealed package, each time it looked.

CREATE TABLE package_check (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    package_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,          -- for whom it was looked at; 0: the system itself
    at_us BIGINT NOT NULL,
    draft BLOB,                          -- SHA-256 of the bytes that the vault gave; NULL: it gave none
    datapackage BLOB,                    -- of datapackage.json in them
    holds BIGINT NOT NULL CHECK (holds IN (0, 1)),
    findings BIGINT NOT NULL,
    words TEXT NOT NULL,                 -- the first thing that is wrong; or that nothing is
    FOREIGN KEY (org_id, package_id) REFERENCES package (org_id, id)
);

CREATE INDEX package_check_newest ON package_check (org_id, package_id, id);
