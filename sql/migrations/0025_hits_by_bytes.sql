-- A picture that is seen again is known by what was found of it, without being decoded.

CREATE INDEX hit_sha256 ON hit (org_id, sha256, work_id);
CREATE INDEX work_added ON work (org_id, added_us) WHERE removed_us IS NULL;
