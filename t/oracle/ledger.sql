-- What has been committed to a lake, but for clocks, ids and failures: runs that took something, marks, counts
-- and the manifest.
.mode quote
SELECT 'run', run, verb, sources, copies, rows, rejects, blank, bytes, files FROM lake_run
WHERE sources + copies > 0 ORDER BY run;
SELECT 'source', * FROM lake_source ORDER BY path, begin_run;
SELECT 'reject', * FROM lake_reject ORDER BY source, reason, field, begin_run;
SELECT 'note', * FROM lake_note ORDER BY source, what, field, name, begin_run;
SELECT 'file', path, layer, partition, rows, bytes, checksum, begin_run, end_run FROM lake_file ORDER BY path, begin_run;
