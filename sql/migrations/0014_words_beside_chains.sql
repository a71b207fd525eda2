-- Words stand beside the chains, which cover their salted digest: so they can be erased and the chains still hold.
-- Chains of before are made anew by the program, in the same transaction (store/chain_renew.c).

ALTER TABLE audit ADD COLUMN salt BLOB;            -- NULL with empty details: they were erased
ALTER TABLE audit ADD COLUMN digest BLOB;          -- SHA-256 of salt and details
ALTER TABLE case_event ADD COLUMN note_salt BLOB;
ALTER TABLE case_event ADD COLUMN note_digest BLOB;
