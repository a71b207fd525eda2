-- What was found of who runs a site, before a person has looked at it: offered, then taken or not.
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
