-- Looks at a page after it was said that the picture is removed or credited.
ALTER TABLE capture ADD COLUMN look_now TEXT NOT NULL DEFAULT 'asked' CHECK (look_now IN ('asked', 'second', 'before_notice', 'cure'));
UPDATE capture SET look_now = look;
ALTER TABLE capture DROP COLUMN look;
ALTER TABLE capture RENAME COLUMN look_now TO look;
