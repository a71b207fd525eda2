-- What follows a decision to pursue: who is responsible, the case and its events, what is known, what is written.

-- Who answers for a site, as far as it was found out.  What is known of them are rows of party_datum.
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

-- One thing known of a party, and from where.  A new one of a kind takes the place of the former (ended_us).
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

-- A case, or the takedown track at one host.  Its truth are its events; these columns repeat what they add up to.
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
CREATE INDEX case_file_listed ON case_file (org_id, id, state);
CREATE INDEX case_file_state ON case_file (org_id, state, id);
CREATE INDEX case_file_party ON case_file (org_id, party_id) WHERE party_id IS NOT NULL;
CREATE INDEX case_file_due ON case_file (due_us) WHERE due_us IS NOT NULL AND closed_us IS NULL;

-- The uses a case is about.  One open case per operator and work: the window of use begins with the first use found
-- and ends with the case, so what is found meanwhile joins it, and a use is in one case of a track for good.
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
CREATE UNIQUE INDEX case_use_window ON case_use (org_id, track, operator, work_id) WHERE window_open = 1 AND head = 1;
CREATE UNIQUE INDEX case_use_hit ON case_use (org_id, track, hit_id);
CREATE INDEX case_use_case ON case_use (org_id, case_id, id);
CREATE INDEX case_use_work ON case_use (org_id, work_id);

-- What happened, numbered from 1 in each case and chained by hash.  Rows are added and never changed.
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
    hash BLOB NOT NULL,
    PRIMARY KEY (org_id, case_id, seq),
    FOREIGN KEY (org_id, case_id) REFERENCES case_file (org_id, id)
);

-- A fact that somebody established; the newest of a name counts.  Names: share/cases/facts.tsv.  Rows are added only.
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

-- All 19 gates as they stood when something was asked to leave; kept under its hash.
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

-- A letter of ours.
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
    bounce TEXT,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, case_id) REFERENCES case_file (org_id, id)
);
CREATE INDEX notice_case ON notice (org_id, case_id, id);
CREATE INDEX notice_state ON notice (org_id, state, id);
CREATE INDEX notice_message ON notice (message_id) WHERE message_id IS NOT NULL;

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

-- What was found when the letter was made: its wording, its pack, its privacy text.  Names: share/cases/facts.tsv.
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

-- A ground that the recipient disputes on.
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

-- Never again: keyed hashes, so that a forgotten person leaves no name behind.  No case opens for them.
CREATE TABLE never_again (
    org_id BIGINT NOT NULL REFERENCES org (id),
    match_key BLOB NOT NULL,             -- HMAC-SHA256 of scope, operator and work, under the organisation's secret
    scope TEXT NOT NULL CHECK (scope IN ('operator', 'operator+work')),
    case_id BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    PRIMARY KEY (org_id, match_key)
);

-- What an installation's own lawyer has said of a pack.
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
