-- Mails that came to the installation's mailbox.

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
    read_by BIGINT,
    UNIQUE (org_id, id),
    UNIQUE (box, validity, uid),
    FOREIGN KEY (org_id, notice_id) REFERENCES notice (org_id, id),
    FOREIGN KEY (org_id, case_id) REFERENCES case_file (org_id, id)
);
CREATE INDEX mail_in_case ON mail_in (org_id, case_id, id) WHERE case_id IS NOT NULL;
CREATE INDEX mail_in_unread ON mail_in (org_id, id) WHERE read_us IS NULL;
