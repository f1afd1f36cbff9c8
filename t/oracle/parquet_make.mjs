// parquet_make.mjs ENGINE FOLDER: ENGINE, duckdb or polars, writes Parquet files to FOLDER: those named read-* hold
// every type that can be read, those named refuse-* what cannot.
import { connect, peer } from './peer.mjs';

const [engine, folder] = process.argv.slice(2);

// A null now and then, and a stretch of nothing else.
const nullable = value => `CASE WHEN hash(i + 17) % 5 = 0 OR i BETWEEN 30000 AND 35000 THEN NULL ELSE ${value} END`;
const values = `
	i AS number,
	${nullable('CAST(CAST(hash(i) % 200 AS INTEGER) - 100 AS TINYINT)')} AS tiny,
	${nullable('CAST(CAST(hash(i) % 60000 AS INTEGER) - 30000 AS SMALLINT)')} AS small,
	${nullable('CAST(CAST(hash(i) % 4000000000 AS BIGINT) - 2000000000 AS INTEGER)')} AS int,
	CASE i WHEN 5 THEN -9223372036854775808 WHEN 6 THEN 9223372036854775807 ELSE CAST(hash(i) % 1000000 AS BIGINT) END
		AS big,
	${nullable('CAST(hash(i) % 256 AS UTINYINT)')} AS utiny,
	${nullable('CAST(hash(i) % 65536 AS USMALLINT)')} AS usmall,
	${nullable('CAST(hash(i) % 4294967296 AS UINTEGER)')} AS uint,
	${nullable('CAST(hash(i) // 2 AS UBIGINT)')} AS ubig,
	${nullable('CAST(hash(i) AS DOUBLE) / 3e5')} AS dbl,
	${nullable('CAST(CAST(hash(i) AS DOUBLE) / 7e9 AS FLOAT)')} AS flt,
	${nullable('hash(i) % 3 = 0')} AS flag,
	hash(i) % 1000 < 2 AS seldom,
	${nullable("['', 'a', 'two words', 'äpfel', '😀', 'x''\"\\'][CAST(hash(i) % 6 AS INTEGER) + 1]")} AS word,
	${nullable("'u_' || hash(i) % 5000")} AS id,
	${nullable("'session-' || hash(i)")} AS session,
	repeat('long ', CAST(hash(i) % 40 AS BIGINT)) AS text,
	CAST(NULL AS VARCHAR) AS nothing,
	${nullable('CAST(CAST(hash(i) % 2000000 AS BIGINT) - 1000000 AS DECIMAL(9,2)) / 100')} AS dbl2,
	${nullable('CAST(hash(i) % 100000 AS DECIMAL(9,2))')} AS dec9,
	${nullable('CAST(hash(i) % 100000000000 AS DECIMAL(18,6)) ')} AS dec18,
	${nullable('CAST(hash(i) % 1000000 AS DECIMAL(18,0))')} AS dec0,
	${nullable('CAST(hash(i) % 1000000 AS DECIMAL(38,2)) - 500000')} AS dec38,
	${nullable('CAST(hash(i) % 1000000 AS DECIMAL(30,10)) - 500000')} AS dec10,
	${nullable("DATE '0001-01-01' + CAST(hash(i) % 3652000 AS INTEGER)")} AS day,
	${nullable("TIMESTAMP '2025-12-07 03:55:56.633003' + to_microseconds(CAST(hash(i) % 10000000000 AS BIGINT))")} AS ts,
	${nullable("CAST(TIMESTAMP '0001-01-01' + to_seconds(CAST(hash(i) % 315537897600 AS BIGINT)) AS TIMESTAMP WITH TIME ZONE)")} AS tz,
	${nullable("CAST(TIMESTAMP '2025-12-07' + to_milliseconds(CAST(hash(i) % 100000 AS BIGINT)) AS TIMESTAMP_MS)")} AS ms,
	${nullable("CAST(TIMESTAMP '2025-12-07' + to_microseconds(CAST(hash(i) % 100000 AS BIGINT)) AS TIMESTAMP_NS)")} AS ns`;

async function duckdb() {
	const connection = await connect();
	const copy = (sql, name, options) =>
		connection.run(`COPY (${sql}) TO '${folder}/${name}.parquet' (FORMAT parquet, ${options})`);
	const all = n => `SELECT ${values} FROM range(${n}) t(i)`;

	for (const codec of ['snappy', 'gzip', 'uncompressed'])
		await copy(all(36000), `read-${codec}`, `COMPRESSION ${codec}, ROW_GROUP_SIZE 16384`);
	await copy(all(0), 'read-empty', 'COMPRESSION snappy');
	await copy(`SELECT number, tiny, flag, id, session, dec18, ts FROM (${all(130000)})`, 'read-large', 'COMPRESSION snappy');
	await copy("SELECT repeat('x', 300000) || i AS long, i FROM range(100) t(i)", 'read-long', 'COMPRESSION snappy');
	for (const codec of ['zstd', 'brotli', 'lz4_raw'])
		await copy('SELECT 1 AS n', `refuse-${codec}`, `COMPRESSION ${codec}`);
	for (const [name, value] of Object.entries({
		binary: "'\\xff\\xfe'::BLOB", list: '[1, 2]', struct: "{'a': 1}", time: "TIME '12:00:00'", uuid: 'uuid()',
		interval: "INTERVAL '1 day'", map: "MAP {'a': 1}", nanos: "TIMESTAMP_NS '2025-12-07 00:00:00.000000001'",
		digits: '0.0000001::DECIMAL(9,7)', huge: '1000000000000::DECIMAL(38,6)', unsigned: '18446744073709551615::UBIGINT',
	}))
		await copy(`SELECT ${value} AS ${name}_column`, `refuse-${name}`, 'COMPRESSION snappy');
}

async function polars() {
	const { default: pl } = peer('nodejs-polars');
	const n = 30000;
	const pick = f => Array.from({ length: n }, (_, i) => (i * 7919 % 11 === 0 ? null : f(i * 2654435761 % 1000003)));
	const frame = pl.DataFrame({
		row: pl.Series('row', Array.from({ length: n }, (_, i) => i), pl.Int64),
		int: pl.Series('int', pick(x => x - 500000), pl.Int32),
		few: pl.Series('few', pick(x => x % 3), pl.Int64),
		dbl: pl.Series('dbl', pick(x => x / 7), pl.Float64),
		flag: pl.Series('flag', pick(x => x % 3 === 0), pl.Bool),
		word: pl.Series('word', pick(x => ['', 'a', 'äpfel', '😀'][x % 4]), pl.Utf8),
		id: pl.Series('id', pick(x => `u_${x}`), pl.Utf8),
		time: pl.Series('time', pick(x => new Date(1.7e12 + x)), pl.Datetime('ms')),
	});

	for (const compression of ['snappy', 'gzip', 'uncompressed'])
		frame.writeParquet(`${folder}/read-${compression}.parquet`, { compression });
	frame.writeParquet(`${folder}/refuse-zstd.parquet`, { compression: 'zstd' });
}

await (engine === 'duckdb' ? duckdb() : polars());
