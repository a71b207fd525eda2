-- The last letters that asked for something, for the brake.
CREATE INDEX notice_claims ON notice (org_id, queued_us) WHERE claim = 1 AND queued_us IS NOT NULL;
