-- What is to be done, what a stream would carry of it, and what is looked at on a schedule.

CREATE TABLE job (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,          -- 0: the system itself
    kind TEXT NOT NULL,
    once TEXT,                           -- its name: one of a name waits or runs
    args TEXT NOT NULL,                  -- JSON
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'aside')),
    attempt BIGINT NOT NULL,
    lease BIGINT NOT NULL,               -- the number that settling needs
    lease_until_us BIGINT,
    not_before_us BIGINT NOT NULL,
    asked_us BIGINT NOT NULL,
    ended_us BIGINT,
    error TEXT,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id) REFERENCES org (id)
);
CREATE UNIQUE INDEX job_once ON job (org_id, once) WHERE state IN ('waiting', 'running');
CREATE INDEX job_waiting ON job (not_before_us, id) WHERE state = 'waiting';
CREATE INDEX job_running ON job (lease_until_us) WHERE state = 'running';
CREATE INDEX job_state ON job (org_id, state, id);

CREATE TABLE outbox (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    job_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,                  -- JSON
    at_us BIGINT NOT NULL,
    FOREIGN KEY (org_id, job_id) REFERENCES job (org_id, id)
);
CREATE INDEX outbox_job ON outbox (org_id, job_id);

CREATE TABLE watch (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    target BLOB NOT NULL,
    target_key BLOB NOT NULL,            -- SHA-256 of the target
    every_s BIGINT NOT NULL,
    paused BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    next_us BIGINT NOT NULL,
    last_us BIGINT,
    state TEXT,
    error TEXT,
    failures BIGINT NOT NULL,
    last_run_id BIGINT,
    removed_us BIGINT,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id) REFERENCES org (id)
);
CREATE UNIQUE INDEX watch_target ON watch (org_id, target_key) WHERE removed_us IS NULL;
CREATE INDEX watch_due ON watch (next_us, id) WHERE removed_us IS NULL AND paused = 0;
