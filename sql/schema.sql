-- What sql/migrations/ add up to. Not read by the program; a test compares.

CREATE TABLE access (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    account_id BIGINT NOT NULL,          -- 0: the system itself
    at_us BIGINT NOT NULL,
    how TEXT NOT NULL CHECK (how IN ('page', 'api', 'verb')),
    what TEXT NOT NULL,                  -- the page or verb
    subject BIGINT NOT NULL,             -- the case, letter, answer ...; 0: a list
    why TEXT,                            -- where it was asked
    UNIQUE (org_id, id)
);

CREATE INDEX access_account ON access (org_id, account_id, id);

CREATE INDEX access_at ON access (org_id, at_us);

CREATE INDEX access_subject ON access (org_id, subject, id);

CREATE TABLE account (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,      -- lower case, without spaces around it
    name TEXT,
    password TEXT,                       -- an argon2id string; NULL until one is set
    disabled BIGINT NOT NULL CHECK (disabled IN (0, 1)),
    created_us BIGINT NOT NULL, role TEXT NOT NULL DEFAULT 'caseworker'
    CHECK (role IN ('owner', 'caseworker', 'reviewer', 'counsel', 'auditor', 'admin')), countries TEXT,
    UNIQUE (org_id, id)
);

CREATE TABLE audit (
    org_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    account_id BIGINT NOT NULL,          -- 0: the system itself
    what TEXT NOT NULL,
    subject BIGINT NOT NULL,
    details TEXT NOT NULL,               -- JSON
    prev BLOB NOT NULL,
    hash BLOB NOT NULL, salt BLOB, digest BLOB,
    PRIMARY KEY (org_id, seq)
);

CREATE TABLE capture (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    hit_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,          -- 0: the system itself
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
    view_secret TEXT NOT NULL, look TEXT NOT NULL DEFAULT 'asked' CHECK (look IN ('asked', 'second', 'before_notice', 'cure')), markers TEXT,
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

CREATE TABLE case_event (
    org_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    move TEXT NOT NULL,
    actor TEXT NOT NULL,                 -- SYS OWN AGT REV CNS RCP HST
    account_id BIGINT NOT NULL,          -- 0: no account of ours
    was TEXT NOT NULL,
    became TEXT NOT NULL,
    verified BIGINT NOT NULL,
    automatic BIGINT NOT NULL,
    ground TEXT,                         -- names, with commas
    document BIGINT NOT NULL,
    credit BIGINT NOT NULL,
    days BIGINT NOT NULL,
    sum_minor BIGINT NOT NULL,
    payment_us BIGINT NOT NULL,
    other_id BIGINT NOT NULL,            -- the second person
    note TEXT,
    notice_id BIGINT,
    gates BLOB,                          -- SHA-256 of the gate record it was allowed by
    country TEXT,                        -- by whose calendar the days were counted
    prev BLOB NOT NULL,
    hash BLOB NOT NULL, note_salt BLOB, note_digest BLOB,
    PRIMARY KEY (org_id, case_id, seq),
    FOREIGN KEY (org_id, case_id) REFERENCES case_file (org_id, id)
);

CREATE TABLE case_fact (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    source TEXT NOT NULL,
    account_id BIGINT NOT NULL,          -- 0: the system itself
    at_us BIGINT NOT NULL,
    FOREIGN KEY (org_id, case_id) REFERENCES case_file (org_id, id)
);

CREATE INDEX case_fact_newest ON case_fact (org_id, case_id, name, id);

CREATE TABLE case_file (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    track TEXT NOT NULL CHECK (track IN ('case', 'takedown')),
    operator TEXT NOT NULL,
    party_id BIGINT,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,             -- events so far: who decides says which version was seen
    creator_id BIGINT NOT NULL,
    country TEXT,                        -- of the recipient, as the events' days were counted
    opened_us BIGINT NOT NULL,
    entered_us BIGINT NOT NULL,
    last_us BIGINT NOT NULL,             -- the last event: none may be before it
    due_us BIGINT,                       -- when time alone does something next
    deadline_us BIGINT,                  -- the recipient's
    closed_us BIGINT,
    reason TEXT,                         -- of the close, as its letter tells it
    forgotten_us BIGINT,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, party_id) REFERENCES party (org_id, id)
);

CREATE INDEX case_file_due ON case_file (due_us) WHERE due_us IS NOT NULL AND closed_us IS NULL;

CREATE INDEX case_file_forget ON case_file (org_id, closed_us) WHERE closed_us IS NOT NULL AND forgotten_us IS NULL;

CREATE INDEX case_file_listed ON case_file (org_id, id, state);

CREATE INDEX case_file_party ON case_file (org_id, party_id) WHERE party_id IS NOT NULL;

CREATE INDEX case_file_state ON case_file (org_id, state, id);

CREATE TABLE case_use (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    track TEXT NOT NULL,
    operator TEXT NOT NULL,
    work_id BIGINT NOT NULL,
    hit_id BIGINT NOT NULL,
    window_open BIGINT NOT NULL CHECK (window_open IN (0, 1)),
    head BIGINT NOT NULL CHECK (head IN (0, 1)),      -- the first use of its work in the case
    account_id BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, case_id) REFERENCES case_file (org_id, id),
    FOREIGN KEY (org_id, work_id) REFERENCES work (org_id, id),
    FOREIGN KEY (org_id, hit_id) REFERENCES hit (org_id, id)
);

CREATE INDEX case_use_case ON case_use (org_id, case_id, id);

CREATE UNIQUE INDEX case_use_hit ON case_use (org_id, track, hit_id);

CREATE UNIQUE INDEX case_use_window ON case_use (org_id, track, operator, work_id) WHERE window_open = 1 AND head = 1;

CREATE INDEX case_use_work ON case_use (org_id, work_id);

CREATE TABLE case_use_left (
    id BIGINT NOT NULL PRIMARY KEY,      -- of the use as it was
    org_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    work_id BIGINT NOT NULL,
    hit_id BIGINT NOT NULL,
    licence_id BIGINT NOT NULL,          -- the entry of the ledger that covers it
    account_id BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    why TEXT NOT NULL,
    FOREIGN KEY (org_id, case_id) REFERENCES case_file (org_id, id)
);

CREATE INDEX case_use_left_case ON case_use_left (org_id, case_id, id);

CREATE TABLE checked (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    subject TEXT NOT NULL CHECK (subject IN ('identity', 'mandate', 'proof', 'licence')),
    subject_id BIGINT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('holds', 'fails')),
    how TEXT NOT NULL CHECK (how IN ('installation', 'counsel')),     -- without a row: declared by the claimant
    name TEXT NOT NULL,                  -- of the person, or of the machine's check
    statement TEXT NOT NULL,             -- what was seen, in their words
    account_id BIGINT NOT NULL,          -- 0: the machine itself
    at_us BIGINT NOT NULL,
    UNIQUE (org_id, id)
);

CREATE INDEX checked_subject ON checked (org_id, subject, subject_id, id);

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

CREATE TABLE declaration (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    work_id BIGINT,
    collection TEXT,                     -- neither: all works
    author BIGINT NOT NULL CHECK (author IN (0, 1)),       -- the owner says that they made it or hold its rights
    stock TEXT NOT NULL CHECK (stock IN ('no', 'yes', 'unknown')),
    cc TEXT NOT NULL CHECK (cc IN ('no', 'yes', 'unknown')),
    press TEXT NOT NULL CHECK (press IN ('no', 'yes', 'unknown')),
    ai TEXT NOT NULL CHECK (ai IN ('none', 'edited', 'generated')),
    authorship TEXT,                     -- where AI had a part: what a human made of it
    note TEXT,
    account_id BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    FOREIGN KEY (org_id, work_id) REFERENCES work (org_id, id)
);

CREATE INDEX declaration_work ON declaration (org_id, work_id, id);

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
    error TEXT, proven_us BIGINT,
    UNIQUE (org_id, id)
);

CREATE TABLE deposit_stamp (
    org_id BIGINT NOT NULL,
    deposit_id BIGINT NOT NULL,
    server TEXT NOT NULL,
    reply BLOB NOT NULL,
    at_us BIGINT NOT NULL,
    PRIMARY KEY (org_id, deposit_id, server),
    FOREIGN KEY (org_id, deposit_id) REFERENCES deposit (org_id, id)
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

CREATE TABLE dispute (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    ground TEXT NOT NULL,
    words TEXT,                          -- the recipient's
    document BLOB,                       -- blob in the vault
    raised_us BIGINT NOT NULL,
    raised_by BIGINT NOT NULL,           -- 0: the recipient; otherwise who entered it for them
    answer TEXT,
    answered_by BIGINT,
    answered_us BIGINT,
    decision TEXT CHECK (decision IN ('accepted', 'rejected', 'withdrawn')),
    decided_by BIGINT,
    decided_us BIGINT,
    reasons TEXT,
    appealed_us BIGINT,
    appeal_decided_us BIGINT,
    appeal_reasons TEXT,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, case_id) REFERENCES case_file (org_id, id)
);

CREATE INDEX dispute_case ON dispute (org_id, case_id, id);

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

CREATE TABLE forgotten (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    rule TEXT NOT NULL,                  -- a name of share/cases/retention.tsv, or "erasure"
    subject BIGINT NOT NULL,             -- the case, hit or mail; 0: rows of a kind
    account_id BIGINT NOT NULL,          -- 0: the system itself
    n_rows BIGINT NOT NULL,
    n_blobs BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    UNIQUE (org_id, id)
);

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

CREATE TABLE gate_record (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    level TEXT NOT NULL,
    passed BIGINT NOT NULL CHECK (passed IN (0, 1)),
    sha256 BLOB NOT NULL,
    record TEXT NOT NULL,                -- canonical JSON
    at_us BIGINT NOT NULL,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, case_id) REFERENCES case_file (org_id, id)
);

CREATE INDEX gate_record_case ON gate_record (org_id, case_id, id);

CREATE INDEX gate_record_hash ON gate_record (org_id, sha256);

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
    search TEXT NOT NULL, forgotten_us BIGINT,
    UNIQUE (org_id, id),
    UNIQUE (org_id, work_id, page_key, image_key),
    FOREIGN KEY (org_id, work_id) REFERENCES work (org_id, id),
    FOREIGN KEY (org_id, run_id) REFERENCES run (org_id, id)
);

CREATE INDEX hit_listed ON hit (org_id, rank, score DESC, id, state, site, work_id, run_id, first_seen_us) WHERE dropped_us IS NULL;

CREATE INDEX hit_operator ON hit (org_id, operator, state, id);

CREATE INDEX hit_page ON hit (org_id, page_key, id);

CREATE INDEX hit_rule ON hit (org_id, rule_id, id) WHERE rule_id IS NOT NULL;

CREATE INDEX hit_run ON hit (org_id, run_id, id) WHERE run_id IS NOT NULL;

CREATE INDEX hit_sha256 ON hit (org_id, sha256, work_id);

CREATE INDEX hit_site ON hit (org_id, site, rank, score DESC, id, state, work_id, run_id, first_seen_us) WHERE dropped_us IS NULL;

CREATE INDEX hit_state ON hit (org_id, state, rank, score DESC, id, site, work_id, run_id, first_seen_us) WHERE dropped_us IS NULL;

CREATE INDEX hit_unannounced ON hit (org_id, id) WHERE announced_us IS NULL;

CREATE INDEX hit_until ON hit (until_us) WHERE until_us IS NOT NULL;

CREATE INDEX hit_work ON hit (org_id, work_id, rank, score DESC, id, state, site, run_id, first_seen_us) WHERE dropped_us IS NULL;

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

CREATE INDEX hit_move_decision ON hit_move (org_id, decision_id);

CREATE INDEX hit_move_hit ON hit_move (org_id, hit_id, id);

CREATE TABLE identity (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    owner_id BIGINT,                     -- NULL: the organisation itself
    kind TEXT NOT NULL CHECK (kind IN ('mail', 'payment', 'document', 'register')),
    value TEXT NOT NULL,                 -- the address; what was seen; the register and the number in it
    document BLOB,                       -- blob in the vault
    secret BLOB UNIQUE,                  -- SHA-256 of the mail link's secret, until it is used
    expires_us BIGINT,
    confirmed_us BIGINT,                 -- of a mail: its link was followed
    account_id BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    ended_us BIGINT,
    ended_by BIGINT,
    ended_why TEXT,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, owner_id) REFERENCES owner (org_id, id)
);

CREATE INDEX identity_owner ON identity (org_id, owner_id, id);

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

CREATE INDEX job_running ON job (lease_until_us) WHERE state = 'running';

CREATE INDEX job_state ON job (org_id, state, id);

CREATE INDEX job_waiting ON job (not_before_us, id) WHERE state = 'waiting';

CREATE TABLE legal_hold (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    why TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    until_us BIGINT NOT NULL,
    ended_us BIGINT,                     -- before its time
    ended_by BIGINT,
    ended_why TEXT,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, case_id) REFERENCES case_file (org_id, id)
);

CREATE INDEX legal_hold_case ON legal_hold (org_id, case_id) WHERE ended_us IS NULL;

CREATE TABLE letter_owed (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,                 -- the event that owes it
    step TEXT NOT NULL,                  -- of share/letters: "close-wrong"
    asked_us BIGINT NOT NULL,
    next_us BIGINT NOT NULL,             -- when it is tried (again)
    tries BIGINT NOT NULL,
    notice_id BIGINT,                    -- its draft
    done_us BIGINT,                      -- it was let out, or need not go any more
    how TEXT CHECK (how IN ('sent', 'not_needed')),
    error TEXT,                          -- why it could not leave yet
    UNIQUE (org_id, id),
    UNIQUE (org_id, case_id, seq, step),
    FOREIGN KEY (org_id, case_id) REFERENCES case_file (org_id, id),
    FOREIGN KEY (org_id, notice_id) REFERENCES notice (org_id, id)
);

CREATE INDEX letter_owed_due ON letter_owed (next_us) WHERE done_us IS NULL;

CREATE INDEX letter_owed_notice ON letter_owed (org_id, notice_id) WHERE notice_id IS NOT NULL;

CREATE TABLE licence (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    kind TEXT NOT NULL CHECK (kind IN ('licence', 'syndication', 'whitelist', 'own')),
    assignee TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('all', 'collection', 'works')),
    collection TEXT,
    territory TEXT NOT NULL,
    medium TEXT NOT NULL,                -- "any", "web", "print", "web print"
    from_us BIGINT NOT NULL,
    until_us BIGINT,
    attribution TEXT,                    -- the credit it asks for
    shop TEXT,                           -- where it was bought
    order_no TEXT,
    document BLOB,
    note TEXT,
    account_id BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    ended_us BIGINT,                     -- taken back before its time
    ended_by BIGINT,
    ended_why TEXT,
    reopened_us BIGINT,                  -- what it held back came to the inbox again after its end
    UNIQUE (org_id, id)
);

CREATE INDEX licence_kind ON licence (org_id, kind, id);

CREATE INDEX licence_order ON licence (org_id, order_no) WHERE order_no IS NOT NULL;

CREATE TABLE licence_domain (
    org_id BIGINT NOT NULL,
    licence_id BIGINT NOT NULL,
    domain TEXT NOT NULL,
    PRIMARY KEY (org_id, licence_id, domain),
    FOREIGN KEY (org_id, licence_id) REFERENCES licence (org_id, id)
);

CREATE INDEX licence_domain_is ON licence_domain (org_id, domain);

CREATE TABLE licence_hit (
    org_id BIGINT NOT NULL,
    hit_id BIGINT NOT NULL,
    licence_id BIGINT NOT NULL,
    decision_id BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    PRIMARY KEY (org_id, hit_id),
    FOREIGN KEY (org_id, licence_id) REFERENCES licence (org_id, id),
    FOREIGN KEY (org_id, hit_id) REFERENCES hit (org_id, id)
);

CREATE INDEX licence_hit_licence ON licence_hit (org_id, licence_id);

CREATE TABLE licence_work (
    org_id BIGINT NOT NULL,
    licence_id BIGINT NOT NULL,
    work_id BIGINT NOT NULL,
    PRIMARY KEY (org_id, licence_id, work_id),
    FOREIGN KEY (org_id, licence_id) REFERENCES licence (org_id, id),
    FOREIGN KEY (org_id, work_id) REFERENCES work (org_id, id)
);

CREATE TABLE mail_in (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    box TEXT NOT NULL,                   -- which mailbox: the SHA-256 of its address, hex
    validity BIGINT NOT NULL,            -- its UIDVALIDITY and the mail's UID: taken once
    uid BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('reply', 'bounce', 'automatic', 'other', 'unreadable')),
    message_id TEXT,
    sender TEXT,
    subject TEXT,
    matched_by TEXT CHECK (matched_by IN ('reference', 'code')),     -- how its notice was found
    same_address BIGINT NOT NULL CHECK (same_address IN (0, 1)),     -- it says to come from where the notice went
    notice_id BIGINT,
    case_id BIGINT,
    moved TEXT,                          -- the move it made of the case
    refused TEXT,                        -- why the engine did not
    sealed BLOB NOT NULL,                -- blob in the vault: the mail, sealed to the home's key
    bytes BIGINT NOT NULL,
    cut BIGINT NOT NULL CHECK (cut IN (0, 1)),       -- it was longer than is taken
    at_us BIGINT NOT NULL,               -- its own date
    taken_us BIGINT NOT NULL,
    read_us BIGINT,
    read_by BIGINT, forgotten_us BIGINT,
    UNIQUE (org_id, id),
    UNIQUE (box, validity, uid),
    FOREIGN KEY (org_id, notice_id) REFERENCES notice (org_id, id),
    FOREIGN KEY (org_id, case_id) REFERENCES case_file (org_id, id)
);

CREATE INDEX mail_in_case ON mail_in (org_id, case_id, id) WHERE case_id IS NOT NULL;

CREATE INDEX mail_in_unread ON mail_in (org_id, id) WHERE read_us IS NULL;

CREATE TABLE mandate (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    owner_id BIGINT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('all', 'collection', 'works')),
    collection TEXT,
    territory TEXT NOT NULL,             -- "world", or countries: "AT CH DE"
    rights TEXT NOT NULL,                -- "enforce licence": what may be done
    from_us BIGINT NOT NULL,
    until_us BIGINT,
    commission TEXT,                     -- as it was agreed, in words
    document BLOB,
    account_id BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    revoked_us BIGINT,                   -- counts at once
    revoked_by BIGINT,
    revoked_why TEXT,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, owner_id) REFERENCES owner (org_id, id)
);

CREATE INDEX mandate_owner ON mandate (org_id, owner_id, id);

CREATE TABLE mandate_work (
    org_id BIGINT NOT NULL,
    mandate_id BIGINT NOT NULL,
    work_id BIGINT NOT NULL,
    PRIMARY KEY (org_id, mandate_id, work_id),
    FOREIGN KEY (org_id, mandate_id) REFERENCES mandate (org_id, id),
    FOREIGN KEY (org_id, work_id) REFERENCES work (org_id, id)
);

CREATE TABLE never_again (
    org_id BIGINT NOT NULL REFERENCES org (id),
    match_key BLOB NOT NULL,             -- HMAC-SHA256 of scope, operator and work, under the organisation's secret
    scope TEXT NOT NULL CHECK (scope IN ('operator', 'operator+work')),
    case_id BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    PRIMARY KEY (org_id, match_key)
);

CREATE TABLE notice (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    step TEXT NOT NULL,                  -- "inquiry" "reminder" "answer" "extension" "closing" ... (share/letters)
    claim BIGINT NOT NULL CHECK (claim IN (0, 1)),    -- it asks for something
    language TEXT NOT NULL,
    law TEXT NOT NULL,                   -- "DE" "XX"
    state TEXT NOT NULL CHECK (state IN ('draft', 'approved', 'queued', 'sent', 'delivered', 'undelivered', 'dropped')),
    code TEXT NOT NULL UNIQUE,           -- the public ID that anyone may verify; tells nothing
    template_sha256 BLOB,
    inputs_sha256 BLOB,
    evidence_sha256 BLOB,
    rules_sha256 BLOB,                   -- of the data files of the gates, days and packs
    gates_sha256 BLOB,                   -- of the gate record
    inputs BLOB,                         -- blob in the vault: what the letter was filled from
    mail BLOB,                           -- blobs in the vault: as it is sent
    html BLOB,
    pdf BLOB,
    signature BLOB,                      -- by the installation's key, over the canonical form
    signer_id BIGINT,                    -- the person who signs
    sum_minor BIGINT NOT NULL,           -- 0: names none
    currency TEXT,
    deadline_days BIGINT NOT NULL,       -- given from proven delivery; 0 = none
    created_by BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    queued_us BIGINT,
    sent_us BIGINT,
    sent_by TEXT CHECK (sent_by IN ('mail', 'letter', 'portal', 'form')),
    sent_to TEXT,
    message_id TEXT,
    tracking TEXT,                       -- of a letter by post
    accepted_us BIGINT,                  -- a mail server took it: proves nothing
    delivered_us BIGINT,
    delivered_by TEXT CHECK (delivered_by IN ('answer', 'portal', 'tracked_letter', 'registered_mail')),
    bounced_us BIGINT,
    bounce TEXT, to_lawyer BIGINT NOT NULL DEFAULT 0 CHECK (to_lawyer IN (0, 1)), automatic BIGINT NOT NULL DEFAULT 0 CHECK (automatic IN (0, 1)),
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, case_id) REFERENCES case_file (org_id, id)
);

CREATE INDEX notice_case ON notice (org_id, case_id, id);

CREATE INDEX notice_claims ON notice (org_id, queued_us) WHERE claim = 1 AND queued_us IS NOT NULL;

CREATE INDEX notice_message ON notice (message_id) WHERE message_id IS NOT NULL;

CREATE INDEX notice_state ON notice (org_id, state, id);

CREATE TABLE notice_approval (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    notice_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    actor TEXT NOT NULL,                 -- OWN AGT REV CNS
    sha256 BLOB NOT NULL,                -- of what was approved: a letter made anew needs approving anew
    at_us BIGINT NOT NULL,
    FOREIGN KEY (org_id, notice_id) REFERENCES notice (org_id, id)
);

CREATE UNIQUE INDEX notice_approval_once ON notice_approval (org_id, notice_id, account_id, sha256);

CREATE TABLE notice_check (
    org_id BIGINT NOT NULL,
    notice_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    source TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    PRIMARY KEY (org_id, notice_id, name),
    FOREIGN KEY (org_id, notice_id) REFERENCES notice (org_id, id)
);

CREATE TABLE org (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    created_us BIGINT NOT NULL
);

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

CREATE TABLE owner (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    name TEXT NOT NULL,
    email TEXT,
    created_us BIGINT NOT NULL,
    UNIQUE (org_id, id)
);

CREATE TABLE ownership (
    org_id BIGINT NOT NULL,
    work_id BIGINT NOT NULL,
    level BIGINT NOT NULL CHECK (level BETWEEN 0 AND 3),
    facts TEXT NOT NULL,                 -- the names of the facts it rests on
    rules BLOB NOT NULL,                 -- SHA-256 of the rules it was computed by
    at_us BIGINT NOT NULL,
    PRIMARY KEY (org_id, work_id),
    FOREIGN KEY (org_id, work_id) REFERENCES work (org_id, id)
);

CREATE TABLE pack_review (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    law TEXT NOT NULL,
    pack_sha256 BLOB NOT NULL,           -- of the pack's files: a changed pack is not reviewed
    reviewer TEXT NOT NULL,
    statement TEXT NOT NULL,
    reviewed_us BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    at_us BIGINT NOT NULL
);

CREATE INDEX pack_review_law ON pack_review (org_id, law, id);

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

CREATE INDEX package_hit ON package (org_id, hit_id, id);

CREATE UNIQUE INDEX package_number ON package (org_id, number) WHERE number IS NOT NULL;

CREATE INDEX package_state ON package (org_id, state, id);

CREATE INDEX package_work ON package (org_id, work_id) WHERE work_id IS NOT NULL;

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

CREATE TABLE package_stamp (
    org_id BIGINT NOT NULL,
    package_id BIGINT NOT NULL,
    server TEXT NOT NULL,
    reply BLOB NOT NULL,                 -- TimeStampResp, DER
    at_us BIGINT NOT NULL,               -- what it says
    PRIMARY KEY (org_id, package_id, server),
    FOREIGN KEY (org_id, package_id) REFERENCES package (org_id, id)
);

CREATE TABLE party (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    operator TEXT NOT NULL,              -- the hits' operator
    kind TEXT NOT NULL CHECK (kind IN ('unknown', 'private', 'commercial')),
    kind_evidence TEXT,                  -- what shows it
    hosting TEXT NOT NULL CHECK (hosting IN ('unknown', 'hosted', 'embedded', 'platform')),
    hosting_evidence TEXT,
    language TEXT,                       -- of the recipient: "de"
    lawyer_only BIGINT NOT NULL CHECK (lawyer_only IN (0, 1)),
    created_us BIGINT NOT NULL,
    changed_us BIGINT NOT NULL,
    forgotten_us BIGINT,                 -- the person's data were erased
    UNIQUE (org_id, id)
);

CREATE UNIQUE INDEX party_operator ON party (org_id, operator);

CREATE TABLE party_datum (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    party_id BIGINT NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('name', 'address', 'country', 'email', 'phone', 'form', 'register', 'lawyer')),
    value TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('imprint', 'rdap', 'security_txt', 'register', 'recipient', 'entered')),
    source_url TEXT,                     -- or what the person who entered it saw
    seen_us BIGINT NOT NULL,
    account_id BIGINT NOT NULL,          -- who entered it; 0: the system read it
    confirmed_by BIGINT,                 -- the person who looked at the source and says so
    confirmed_us BIGINT,
    ended_us BIGINT,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, party_id) REFERENCES party (org_id, id)
);

CREATE UNIQUE INDEX party_datum_now ON party_datum (org_id, party_id, what) WHERE ended_us IS NULL;

CREATE INDEX party_datum_party ON party_datum (org_id, party_id, id);

CREATE TABLE party_proposal (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    party_id BIGINT NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('name', 'address', 'country', 'email', 'form', 'note')),    -- note: a source was asked, and why nothing of it is proposed
    value TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('imprint', 'rdap', 'security_txt')),
    source_url TEXT,                     -- what was fetched
    seen_us BIGINT NOT NULL,
    settled_us BIGINT,                   -- a person took it or said that it is not so
    settled_by BIGINT,
    taken BIGINT NOT NULL DEFAULT 0,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, party_id) REFERENCES party (org_id, id)
);

CREATE INDEX party_proposal_party ON party_proposal (org_id, party_id, id);

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

CREATE TABLE posting (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    notice_id BIGINT NOT NULL,
    asked_us BIGINT NOT NULL,            -- the letter was let out, or is to go again
    carrier TEXT,
    tracking TEXT,
    posted_us BIGINT,                    -- the day it was handed over
    posted_by BIGINT,                    -- who entered that
    delivered_us BIGINT,                 -- the day it was delivered
    proof BLOB,                          -- SHA-256 of the document that shows it, in the vault
    proof_name TEXT,
    returned_us BIGINT,
    note TEXT,
    settled_by BIGINT,
    settled_us BIGINT,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, notice_id) REFERENCES notice (org_id, id)
);

CREATE UNIQUE INDEX posting_open ON posting (org_id, notice_id) WHERE settled_us IS NULL;

CREATE INDEX posting_waits ON posting (org_id, id) WHERE settled_us IS NULL;

CREATE TABLE probe (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,              -- 0: of the installation
    what TEXT NOT NULL CHECK (what IN ('portal', 'mail')),
    subject TEXT NOT NULL,               -- the address that was asked, or the mailbox
    code TEXT NOT NULL UNIQUE,           -- the public ID of its notice, or of its mail
    at_us BIGINT NOT NULL,
    done_us BIGINT,                      -- NULL: the mail has not come back yet
    passed BIGINT NOT NULL CHECK (passed IN (0, 1)),
    words TEXT                           -- what was found
);

CREATE INDEX probe_newest ON probe (what, id);

CREATE TABLE proof (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    work_id BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('raw', 'full_resolution', 'burst', 'content_credentials', 'deposit', 'publication', 'registration', 'contract')),
    document BLOB,                       -- blob in the vault
    name TEXT,                           -- of the file, or the register and number
    happened_us BIGINT,                  -- taken, published, registered, signed
    account_id BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    ended_us BIGINT,                     -- taken back
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, work_id) REFERENCES work (org_id, id)
);

CREATE INDEX proof_work ON proof (org_id, work_id, id);

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

CREATE TABLE request (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    case_id BIGINT,
    kind TEXT NOT NULL CHECK (kind IN ('data', 'complaint')),
    who TEXT,                            -- NULL: the recipient of the case
    words TEXT,
    at_us BIGINT NOT NULL,
    due_us BIGINT NOT NULL,              -- a month later
    answered_us BIGINT,
    answered_by BIGINT,
    answer TEXT,                         -- how it was answered
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, case_id) REFERENCES case_file (org_id, id)
);

CREATE INDEX request_case ON request (org_id, case_id) WHERE case_id IS NOT NULL;

CREATE INDEX request_due ON request (org_id, due_us) WHERE answered_us IS NULL;

CREATE TABLE rival (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    work_id BIGINT NOT NULL,
    other_id BIGINT,                     -- the other work, of another owner here; NULL: in another organisation, of which nothing more is told
    found_us BIGINT NOT NULL,
    settled_us BIGINT,
    settled_by BIGINT,
    settled_why TEXT, claimant_key BLOB,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, work_id) REFERENCES work (org_id, id)
);

CREATE INDEX rival_work ON rival (org_id, work_id, id);

CREATE TABLE rival_look (
    org_id BIGINT NOT NULL,
    work_id BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    PRIMARY KEY (org_id, work_id),
    FOREIGN KEY (org_id, work_id) REFERENCES work (org_id, id)
);

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
    ended_us BIGINT, forgotten_us BIGINT,                     -- removed, replaced, or over
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, hit_id) REFERENCES hit (org_id, id),
    FOREIGN KEY (org_id, decision_id) REFERENCES decision (org_id, id),
    FOREIGN KEY (org_id, work_id) REFERENCES work (org_id, id)
);

CREATE INDEX rule_decision ON rule (org_id, decision_id);

CREATE INDEX rule_hit ON rule (org_id, hit_id);

CREATE INDEX rule_match ON rule (org_id, match_key) WHERE ended_us IS NULL;

CREATE INDEX rule_until ON rule (until_us) WHERE until_us IS NOT NULL AND ended_us IS NULL;

CREATE INDEX rule_work ON rule (org_id, work_id);

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

CREATE INDEX run_open ON run (org_id, target_key, id) WHERE state = 'running';

CREATE INDEX run_watch ON run (org_id, watch_id, id) WHERE watch_id IS NOT NULL;

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

CREATE TABLE session (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    secret BLOB NOT NULL UNIQUE,
    csrf TEXT,
    created_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    seen_us BIGINT NOT NULL, agent TEXT, peer TEXT,
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);

CREATE INDEX session_account ON session (org_id, account_id);

CREATE INDEX session_expires ON session (expires_us);

CREATE TABLE setting (
    org_id BIGINT NOT NULL,              -- 0: of the installation
    name TEXT NOT NULL,
    value TEXT,
    PRIMARY KEY (org_id, name)
);

CREATE TABLE sign_in_failure (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    who TEXT NOT NULL,
    at_us BIGINT NOT NULL
);

CREATE INDEX sign_in_failure_at ON sign_in_failure (at_us);

CREATE INDEX sign_in_failure_who ON sign_in_failure (who, at_us);

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

CREATE TABLE vault_ref (
    org_id BIGINT NOT NULL REFERENCES org (id),
    sha256 BLOB NOT NULL,
    refs BIGINT NOT NULL CHECK (refs >= 0),
    bytes BIGINT NOT NULL,
    PRIMARY KEY (org_id, sha256)
);

CREATE INDEX vault_ref_none ON vault_ref (sha256) WHERE refs = 0;

CREATE INDEX vault_ref_sha256 ON vault_ref (sha256);

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

CREATE INDEX watch_due ON watch (next_us, id) WHERE removed_us IS NULL AND paused = 0;

CREATE UNIQUE INDEX watch_target ON watch (org_id, target_key) WHERE removed_us IS NULL;

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

CREATE INDEX work_added ON work (org_id, added_us) WHERE removed_us IS NULL;

CREATE INDEX work_collection ON work (org_id, collection, id) WHERE removed_us IS NULL;

CREATE INDEX work_listed ON work (org_id, id) WHERE removed_us IS NULL;

CREATE INDEX work_near ON work (org_id, near_id) WHERE near_id IS NOT NULL;

CREATE INDEX work_owner ON work (org_id, owner_id) WHERE owner_id IS NOT NULL;

CREATE INDEX work_removed ON work (org_id, removed_us) WHERE removed_us IS NOT NULL;

CREATE UNIQUE INDEX work_sha256 ON work (org_id, sha256) WHERE removed_us IS NULL;

CREATE TABLE work_fingerprint (
    org_id BIGINT NOT NULL,
    work_id BIGINT NOT NULL,
    scheme BIGINT NOT NULL,
    fingerprint BLOB NOT NULL,
    PRIMARY KEY (org_id, work_id),
    FOREIGN KEY (org_id, work_id) REFERENCES work (org_id, id)
);

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
