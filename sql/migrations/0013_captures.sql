-- Looks at a use: what a capture found, and its files for viewing.

CREATE TABLE capture (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    hit_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,          -- 0: the system itself
    look TEXT NOT NULL CHECK (look IN ('asked', 'second', 'before_notice')),
    at_us BIGINT NOT NULL,               -- when it began
    ended_us BIGINT NOT NULL,
    found TEXT NOT NULL CHECK (found IN ('there', 'picture', 'removed', 'page_gone', 'unreachable')),
    words TEXT,                          -- what was found, for people
    changes TEXT,                        -- since the look before; NULL: nothing changed, or there was none
    credit TEXT,                         -- what is said beside the picture
    picture BLOB,                        -- SHA-256 of its bytes as served
    title TEXT,
    browser TEXT,                        -- NULL: without one
    notes TEXT,                          -- JSON array of sentences
    package_id BIGINT,                   -- what it was sealed into
    view_key BLOB NOT NULL UNIQUE,       -- SHA-256 of the secret in its address
    view_secret TEXT NOT NULL,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, hit_id) REFERENCES hit (org_id, id)
);
CREATE INDEX capture_hit ON capture (org_id, hit_id, id);

CREATE TABLE capture_file (
    org_id BIGINT NOT NULL,
    capture_id BIGINT NOT NULL,
    name TEXT NOT NULL,                  -- page.html, page.png, r1, ...
    mime TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    bytes BIGINT NOT NULL,
    PRIMARY KEY (org_id, capture_id, name),
    FOREIGN KEY (org_id, capture_id) REFERENCES capture (org_id, id)
);
CREATE INDEX capture_file_sha256 ON capture_file (org_id, sha256);
