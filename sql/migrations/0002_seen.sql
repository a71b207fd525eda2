-- What was seen out there: fetches, pictures once looked at, runs and their frontier.

-- What the last fetch of a URL told, for conditional requests.
CREATE TABLE fetched (
    org_id BIGINT NOT NULL REFERENCES org (id),
    url_key BLOB NOT NULL,               -- SHA-256 of the URL
    url BLOB NOT NULL,
    etag TEXT,
    last_modified TEXT,
    mime TEXT,
    sha256 BLOB,
    status BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    links TEXT,                          -- a page's, as JSON
    PRIMARY KEY (org_id, url_key)
);

-- A picture's bytes once looked at.
CREATE TABLE seen (
    org_id BIGINT NOT NULL REFERENCES org (id),
    sha256 BLOB NOT NULL,
    format TEXT,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    scheme BIGINT NOT NULL,
    fault TEXT,
    preview BLOB,
    at_us BIGINT NOT NULL,
    whole BLOB,                          -- the 256 bits of the whole picture
    fingerprint BLOB,
    PRIMARY KEY (org_id, sha256)
);

-- One scan of one target.
CREATE TABLE run (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    watch_id BIGINT,
    target BLOB NOT NULL,
    target_key BLOB NOT NULL,
    started_us BIGINT NOT NULL,
    ended_us BIGINT,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'partly', 'failed', 'stopped')),
    pages BIGINT NOT NULL,
    pictures BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    hits BIGINT NOT NULL,
    hits_new BIGINT NOT NULL,
    faults BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    error TEXT,
    UNIQUE (org_id, id)
);
CREATE INDEX run_watch ON run (org_id, watch_id, id) WHERE watch_id IS NOT NULL;
CREATE INDEX run_open ON run (org_id, target_key, id) WHERE state = 'running';

CREATE TABLE run_fault (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    place BLOB,
    words TEXT,
    at_us BIGINT NOT NULL,
    FOREIGN KEY (org_id, run_id) REFERENCES run (org_id, id)
);
CREATE INDEX run_fault_run ON run_fault (org_id, run_id, id);

-- URLs of a run, and whether they are done.
CREATE TABLE frontier (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    url_key BLOB NOT NULL,
    url BLOB NOT NULL,
    kind TEXT NOT NULL,
    context TEXT,
    depth BIGINT NOT NULL,
    done BIGINT NOT NULL CHECK (done IN (0, 1)),
    UNIQUE (org_id, run_id, url_key),
    FOREIGN KEY (org_id, run_id) REFERENCES run (org_id, id)
);
CREATE INDEX frontier_open ON frontier (org_id, run_id, id) WHERE done = 0;
