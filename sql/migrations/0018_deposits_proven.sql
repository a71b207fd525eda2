-- Deposits that were held against their works and the trusted services: what ownership may rest on.
-- proven_us: the earliest trusted time stamp, checked with the tree; NULL: not checked yet, or it does not hold.

ALTER TABLE deposit ADD COLUMN proven_us BIGINT;
