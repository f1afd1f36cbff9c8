// parquet.mjs FILE ROWS: DuckDB reads the Parquet FILE; what it sees is held against ROWS, the same file as evcat -f
// jsonl prints it. Prints a line for each thing that is looked at: "same", or what is not.
import { connect, rows } from './peer.mjs';

const [file, ours] = process.argv.slice(2);
const quote = name => `"${name.replaceAll('"', '""')}"`;
const connection = await connect();
const types = (await rows(connection, `DESCRIBE SELECT * FROM read_parquet('${file}')`)).map(r => [r[0], r[1]]);

// How a value of DuckDB's becomes the text that evcat prints, or one that means the same.
const texts = {
	BLOB: c => `decode(${c})`,
	DATE: c => `CAST(${c} AS VARCHAR)`,
	VARCHAR: c => c,
	FLOAT: c => `CAST(${c} AS DOUBLE)`,
	TIMESTAMP: c => `CAST(${c} AS TIMESTAMP)`,
	TIMESTAMP_MS: c => `CAST(${c} AS TIMESTAMP)`,
	TIMESTAMP_NS: c => `CAST(${c} AS TIMESTAMP)`,
	'TIMESTAMP WITH TIME ZONE': c => `CAST(${c} AS TIMESTAMP)`,
};
const casts = { BLOB: 'VARCHAR', DATE: 'VARCHAR', FLOAT: 'DOUBLE', TIMESTAMP_MS: 'TIMESTAMP', TIMESTAMP_NS: 'TIMESTAMP',
	'TIMESTAMP WITH TIME ZONE': 'TIMESTAMP' };

const members = types.map(([name]) => `'${name.replaceAll("'", "''")}': 'VARCHAR'`).join(', ');

await connection.run(`CREATE TABLE theirs AS SELECT *, row_number() OVER () AS "row number" FROM read_parquet('${file}')`);
await connection.run(`CREATE TABLE ours AS SELECT *, row_number() OVER () AS "row number" FROM read_json('${ours}',
	format = 'newline_delimited', columns = {${members}}, maximum_object_size = 100000000)`);
const [[n]] = await rows(connection, 'SELECT count(*) FROM theirs');
const [[m]] = await rows(connection, 'SELECT count(*) FROM ours');

console.log(`rows: ${n === m ? 'same' : `${m}, not ${n}`}`);
for (const [name, type] of types) {
	const theirs = (texts[type] ?? (c => c))(`t.${quote(name)}`);
	const [[equal]] = await rows(connection, `SELECT count(*) FROM theirs t JOIN ours o USING ("row number")
		WHERE ${theirs} IS NOT DISTINCT FROM CAST(o.${quote(name)} AS ${casts[type] ?? type})`);

	console.log(`${name} ${type}: ${equal === n ? 'same' : `${equal} of ${n}`}`);
}
