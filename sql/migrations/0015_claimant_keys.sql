-- A competing claim in another organisation is known again by a hash of who claims: what a reviewer settled stays settled at the next look.
ALTER TABLE rival ADD COLUMN claimant_key BLOB;
