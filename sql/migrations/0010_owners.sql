-- Who owns a work, who may speak for them, who was allowed to use it, and what shows all that.

-- Who an owner is: K0 a mail address confirmed by its link, K1 a payment or document somebody saw, K2 an entry of a register.
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

-- An owner's word that the organisation may act for them.
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

-- Who looked at an identity, a mandate, a proof or a licence, when, and in which words.  Rows are added only; the newest counts.
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

-- The ledger: who may use what.  Licences sold, syndication partners, white lists, one's own sites.
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
CREATE INDEX licence_order ON licence (org_id, order_no) WHERE order_no IS NOT NULL;
CREATE INDEX licence_kind ON licence (org_id, kind, id);

CREATE TABLE licence_domain (
    org_id BIGINT NOT NULL,
    licence_id BIGINT NOT NULL,
    domain TEXT NOT NULL,
    PRIMARY KEY (org_id, licence_id, domain),
    FOREIGN KEY (org_id, licence_id) REFERENCES licence (org_id, id)
);
CREATE INDEX licence_domain_is ON licence_domain (org_id, domain);

CREATE TABLE licence_work (
    org_id BIGINT NOT NULL,
    licence_id BIGINT NOT NULL,
    work_id BIGINT NOT NULL,
    PRIMARY KEY (org_id, licence_id, work_id),
    FOREIGN KEY (org_id, licence_id) REFERENCES licence (org_id, id),
    FOREIGN KEY (org_id, work_id) REFERENCES work (org_id, id)
);

-- The uses a licence holds back, by the decision that it made.
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

-- What the owner says of where a work was ever offered, and of how it was made; the narrowest and newest counts.
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

-- What shows that a work is its owner's.
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

-- Somebody else has registered the same picture.
CREATE TABLE rival (
    id BIGINT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES org (id),
    work_id BIGINT NOT NULL,
    other_id BIGINT,                     -- the other work, of another owner here; NULL: in another organisation, of which nothing more is told
    found_us BIGINT NOT NULL,
    settled_us BIGINT,
    settled_by BIGINT,
    settled_why TEXT,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, work_id) REFERENCES work (org_id, id)
);
CREATE INDEX rival_work ON rival (org_id, work_id, id);

-- When the matcher last asked for others who registered the picture.
CREATE TABLE rival_look (
    org_id BIGINT NOT NULL,
    work_id BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    PRIMARY KEY (org_id, work_id),
    FOREIGN KEY (org_id, work_id) REFERENCES work (org_id, id)
);

-- The level as it was last computed; every change stands in the chain of what people did.
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
