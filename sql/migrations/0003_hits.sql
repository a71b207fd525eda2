-- Uses that were found, what was decided on them, and what is remembered of that.

-- One use: this work, in this picture, on this page.  Seen again it is the same row.
CREATE TABLE hit (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    work_id BIGINT NOT NULL,
    run_id BIGINT,                       -- the last run that saw it
    page_key BLOB NOT NULL,              -- SHA-256 of the page's URL or path
    image_key BLOB NOT NULL,             -- SHA-256 of the picture's
    page_url BLOB NOT NULL,
    image_url BLOB NOT NULL,
    site TEXT NOT NULL,                  -- registrable domain; "files" for folders
    operator TEXT NOT NULL,              -- who answers for the site; the site until known
    place TEXT,
    alt TEXT,
    sha256 BLOB,
    whole BLOB,                          -- the 256 bits of the picture found
    preview BLOB,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    score DOUBLE PRECISION NOT NULL,
    verdict TEXT NOT NULL,
    rank BIGINT NOT NULL CHECK (rank IN (0, 1, 2)),   -- match, possible, same_scene
    box_x0 DOUBLE PRECISION NOT NULL,    -- of the copy in the picture found, pixels
    box_y0 DOUBLE PRECISION NOT NULL,
    box_x1 DOUBLE PRECISION NOT NULL,
    box_y1 DOUBLE PRECISION NOT NULL,
    work_x0 DOUBLE PRECISION NOT NULL,   -- of what of the work it shows
    work_y0 DOUBLE PRECISION NOT NULL,
    work_x1 DOUBLE PRECISION NOT NULL,
    work_y1 DOUBLE PRECISION NOT NULL,
    has_map BIGINT NOT NULL CHECK (has_map IN (0, 1)),
    map_a DOUBLE PRECISION NOT NULL,     -- the affine map between the two
    map_b DOUBLE PRECISION NOT NULL,
    map_c DOUBLE PRECISION NOT NULL,
    map_d DOUBLE PRECISION NOT NULL,
    map_e DOUBLE PRECISION NOT NULL,
    map_f DOUBLE PRECISION NOT NULL,
    mirrored BIGINT NOT NULL CHECK (mirrored IN (0, 1)),
    bits BIGINT NOT NULL,
    agree BIGINT NOT NULL,
    rotation DOUBLE PRECISION NOT NULL,
    scale DOUBLE PRECISION NOT NULL,
    covers DOUBLE PRECISION NOT NULL,
    residual DOUBLE PRECISION NOT NULL,
    words TEXT,                          -- the reasons, a JSON array of sentences
    source TEXT,                         -- JSON: file, offset, length, record
    state TEXT NOT NULL CHECK (state IN ('inbox', 'pursue', 'ignored', 'not_a_match')),
    decision_id BIGINT,                  -- the latest (of table decision)
    rule_id BIGINT,                      -- the rule that gave it its state (of table rule)
    until_us BIGINT,                     -- then it comes back to the inbox
    first_seen_us BIGINT NOT NULL,
    last_seen_us BIGINT NOT NULL,
    gone_us BIGINT,
    announced_us BIGINT,
    dropped_us BIGINT,                   -- hidden, because its work was removed
    search TEXT NOT NULL,
    UNIQUE (org_id, id),
    UNIQUE (org_id, work_id, page_key, image_key),
    FOREIGN KEY (org_id, work_id) REFERENCES work (org_id, id),
    FOREIGN KEY (org_id, run_id) REFERENCES run (org_id, id)
);
-- Each way into the list carries what the list filters by, so that a page far back is found without reading rows.
CREATE INDEX hit_listed ON hit (org_id, rank, score DESC, id, state, site, work_id, run_id, first_seen_us) WHERE dropped_us IS NULL;
CREATE INDEX hit_state ON hit (org_id, state, rank, score DESC, id, site, work_id, run_id, first_seen_us) WHERE dropped_us IS NULL;
CREATE INDEX hit_site ON hit (org_id, site, rank, score DESC, id, state, work_id, run_id, first_seen_us) WHERE dropped_us IS NULL;
CREATE INDEX hit_work ON hit (org_id, work_id, rank, score DESC, id, state, site, run_id, first_seen_us) WHERE dropped_us IS NULL;
CREATE INDEX hit_run ON hit (org_id, run_id, id) WHERE run_id IS NOT NULL;
CREATE INDEX hit_page ON hit (org_id, page_key, id);
CREATE INDEX hit_operator ON hit (org_id, operator, state, id);
CREATE INDEX hit_rule ON hit (org_id, rule_id, id) WHERE rule_id IS NOT NULL;
CREATE INDEX hit_until ON hit (until_us) WHERE until_us IS NOT NULL;
CREATE INDEX hit_unannounced ON hit (org_id, id) WHERE announced_us IS NULL;

-- What somebody said of a hit.  Rows are added and never changed.
CREATE TABLE decision (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    hit_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,          -- 0: the system itself
    what TEXT NOT NULL CHECK (what IN ('pursue', 'ignore', 'not_a_match', 'reopen')),
    reason TEXT,
    sub TEXT,                            -- of not_a_match: a, b, c
    scope TEXT NOT NULL,
    note TEXT,
    until_us BIGINT,
    at_us BIGINT NOT NULL,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, hit_id) REFERENCES hit (org_id, id)
);
CREATE INDEX decision_hit ON decision (org_id, hit_id, id);

-- How each hit came to its state: by a decision on it, or on another that covered it.
CREATE TABLE hit_move (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    hit_id BIGINT NOT NULL,
    decision_id BIGINT NOT NULL,
    was TEXT,                            -- NULL: it was new
    became TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    FOREIGN KEY (org_id, hit_id) REFERENCES hit (org_id, id),
    FOREIGN KEY (org_id, decision_id) REFERENCES decision (org_id, id)
);
CREATE INDEX hit_move_hit ON hit_move (org_id, hit_id, id);
CREATE INDEX hit_move_decision ON hit_move (org_id, decision_id);

-- What is remembered for uses that are yet to come.
CREATE TABLE rule (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('page', 'domain', 'work+domain', 'work', 'pair', 'work+operator', 'operator')),
    match_key BLOB NOT NULL,             -- SHA-256 of the scope and what it is about
    what TEXT NOT NULL CHECK (what IN ('ignore', 'not_a_match')),
    reason TEXT NOT NULL,
    note TEXT,
    hit_id BIGINT NOT NULL,              -- the one it was decided on
    decision_id BIGINT NOT NULL,
    work_id BIGINT NOT NULL,
    site TEXT NOT NULL,
    operator TEXT NOT NULL,
    page_url BLOB NOT NULL,
    image_key BLOB NOT NULL,
    sha256 BLOB,
    whole BLOB,
    account_id BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    until_us BIGINT,
    ended_us BIGINT,                     -- removed, replaced, or over
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, hit_id) REFERENCES hit (org_id, id),
    FOREIGN KEY (org_id, decision_id) REFERENCES decision (org_id, id),
    FOREIGN KEY (org_id, work_id) REFERENCES work (org_id, id)
);
CREATE INDEX rule_match ON rule (org_id, match_key) WHERE ended_us IS NULL;
CREATE INDEX rule_hit ON rule (org_id, hit_id);
CREATE INDEX rule_work ON rule (org_id, work_id);
CREATE INDEX rule_decision ON rule (org_id, decision_id);
CREATE INDEX rule_until ON rule (until_us) WHERE until_us IS NOT NULL AND ended_us IS NULL;
