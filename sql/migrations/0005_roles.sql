-- The auditor's role: sees everything and changes nothing.

ALTER TABLE account ADD COLUMN role_now TEXT NOT NULL DEFAULT 'caseworker'
    CHECK (role_now IN ('owner', 'caseworker', 'reviewer', 'counsel', 'auditor', 'admin'));
UPDATE account SET role_now = role;
ALTER TABLE account DROP COLUMN role;
ALTER TABLE account RENAME COLUMN role_now TO role;
