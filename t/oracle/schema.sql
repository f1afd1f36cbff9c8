-- The tables and indexes that are not Gold's own.
SELECT type, name, sql FROM sqlite_schema WHERE name LIKE 'lake^_%' ESCAPE '^' ORDER BY name;
