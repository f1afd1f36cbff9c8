-- From the tables line (source, line, raw) and bad (source, line), events as SQLite's own JSON functions read
-- them: event (source, line, event_date, event_hour, user_id, session_id, event_type, product_id, quantity,
-- price, category, revenue), money in millionths. Nothing here comes from our decoder.

DELETE FROM line WHERE raw = '' OR (source, line) IN (SELECT source, line FROM bad);

-- As a generator writes them: nine keys in order, none of them twice, nothing escaped.
CREATE TABLE field (source INTEGER, line INTEGER, timestamp, user_id, session_id, event_type, product_id,
    quantity, price, category);
CREATE VIEW plain AS SELECT * FROM line
WHERE instr(raw, '\') = 0 AND length(raw) - length(replace(raw, '":', '')) = 2 * 9
    AND raw GLOB '{"timestamp": *, "user_id": *, "session_id": *, "event_type": *, "product_id": *, "quantity": *, "price": *, "category": *, "search_query": *}';
INSERT INTO field
SELECT source, line, raw ->> '$.timestamp', raw ->> '$.user_id', raw ->> '$.session_id', raw ->> '$.event_type',
    raw ->> '$.product_id', raw ->> '$.quantity', raw -> '$.price', raw ->> '$.category'
FROM plain;

-- All others, key by key. Of keys that are there twice the last counts. A number's text is had by its path
-- alone, which leads to the first key that is spelled so.
CREATE TABLE special AS SELECT * FROM line EXCEPT SELECT * FROM plain;
CREATE TABLE member AS
SELECT source, line, raw, id, key, value, fullkey FROM special, json_each(raw);
CREATE INDEX member_key ON member (source, line, key, id);
CREATE VIEW last AS
SELECT source, line, key, value,
    CASE WHEN EXISTS (SELECT 1 FROM member AS other WHERE other.source = m.source AND other.line = m.line
            AND other.fullkey = m.fullkey AND other.id < m.id)
        THEN json_remove(raw, fullkey) ELSE raw END -> fullkey AS text
FROM member AS m
WHERE NOT EXISTS (SELECT 1 FROM member AS later WHERE later.source = m.source AND later.line = m.line
    AND later.key = m.key AND later.id > m.id);
INSERT INTO field
SELECT source, line, max(value) FILTER (WHERE key = 'timestamp'), max(value) FILTER (WHERE key = 'user_id'),
    max(value) FILTER (WHERE key = 'session_id'), max(value) FILTER (WHERE key = 'event_type'),
    max(value) FILTER (WHERE key = 'product_id'), max(value) FILTER (WHERE key = 'quantity'),
    max(text) FILTER (WHERE key = 'price'), max(value) FILTER (WHERE key = 'category')
FROM last GROUP BY source, line;

-- Times: hours and minutes are always there; seconds, fraction and zone are what is left of the text.
CREATE VIEW timed AS
SELECT *, timestamp GLOB '????-??-??T??:??:[0-5]?*+00:00' AS utc, substr(timestamp, 17) AS rest,
    replace(ltrim(substr(timestamp, 17), ':.,0123456789'), ':', '') AS zone
FROM field;
CREATE VIEW instant AS
SELECT *, CASE WHEN utc THEN replace(substr(timestamp, 1, 13), 'T', ' ')
    ELSE strftime('%Y-%m-%d %H', strftime('%s', substr(timestamp, 1, 10), substr(timestamp, 12, 5))
        + CASE WHEN rest LIKE ':%' THEN substr(rest, 2, 2) ELSE 0 END
        - CASE WHEN zone LIKE '+%' OR zone LIKE '-%'
            THEN (substr(zone, 1, 1) || '1') * (60 * substr(zone, 2, 2) + substr(zone, 4, 2)) * 60 ELSE 0 END,
        'unixepoch') END AS hour
FROM timed;

-- Prices: digits and the place of the point, exponent included; 40 zeros on both sides are enough for all of
-- evgen's. Then millionths, and what is beyond them, rounded half to even.
CREATE TABLE price AS
WITH text AS (SELECT DISTINCT price AS text FROM field WHERE price <> 'null'),
mantissa AS (SELECT text, CASE WHEN instr(lower(text), 'e') THEN substr(text, 1, instr(lower(text), 'e') - 1)
        ELSE text END AS digits,
    CASE WHEN instr(lower(text), 'e') THEN CAST(substr(text, instr(lower(text), 'e') + 1) AS INTEGER)
        ELSE 0 END AS exponent FROM text),
placed AS (SELECT text, 40 + exponent
        + CASE WHEN instr(digits, '.') THEN instr(digits, '.') - 1 ELSE length(digits) END AS point,
    printf('%.40c', '0') || replace(digits, '.', '') || printf('%.40c', '0') AS digits FROM mantissa),
cut AS (SELECT text, CAST(substr(digits, 1, point + 6) AS INTEGER) AS millionths,
    rtrim(substr(digits, point + 7), '0') AS beyond FROM placed)
SELECT text, millionths + (beyond > '5' OR (beyond = '5' AND millionths % 2 = 1)) AS millionths FROM cut;
CREATE UNIQUE INDEX price_text ON price (text);

CREATE TABLE event AS
SELECT source, line, substr(hour, 1, 10) AS event_date, CAST(substr(hour, 12, 2) AS INTEGER) AS event_hour,
    user_id, session_id, event_type, product_id, CAST(quantity AS INTEGER) AS quantity,
    millionths AS price, category,
    CASE WHEN event_type = 'purchase' THEN millionths * CAST(quantity AS INTEGER) END AS revenue
FROM instant LEFT JOIN price ON text = price;
