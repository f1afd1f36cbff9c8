// gold.mjs LAKE FOLDER VIEW: with VIEW as the table silver, DuckDB runs each definition in FOLDER, and what comes
// out is held against the table of that name in LAKE/gold.db: all rows, doubles bit by bit. Prints a line for
// each table: its name, how many rows, "equal" or the first rows that are not.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, rows } from './peer.mjs';

const [lake, folder, view] = process.argv.slice(2);
const casts = { INTEGER: 'BIGINT', REAL: 'DOUBLE', TEXT: 'VARCHAR' };

function sqlite(sql) {
	const text = execFileSync('sqlite3', ['-readonly', '-json', `${lake}/gold.db`, sql], { maxBuffer: 1 << 30 });
	return text.length > 0 ? JSON.parse(text) : [];
}

function bits(double) {
	const bytes = Buffer.alloc(8);

	bytes.writeDoubleBE(double);
	return bytes.toString('hex').toUpperCase();
}

function show(value) {
	if (value === null)
		return 'null';
	return typeof value === 'number' ? bits(value) : String(value);
}

function ours(table, columns) {
	const list = columns.map(({ name, type }) => type === 'REAL'
		? `hex(ieee754_to_blob(${name})) AS ${name}, typeof(${name}) AS is_${name}`
		: `CAST(${name} AS TEXT) AS ${name}, typeof(${name}) AS is_${name}`);
	const lines = sqlite(`SELECT ${list.join(', ')} FROM ${table}`).map(row => columns.map(({ name, type }) => {
		if (row['is_' + name] === 'null')
			return 'null';
		return row['is_' + name] === type.toLowerCase() ? row[name] : `${row[name]} is ${row['is_' + name]}`;
	}).join('\t'));
	return lines.sort();
}

async function theirs(connection, text, columns) {
	const list = columns.map(({ name, type }) => `CAST(${name} AS ${casts[type]}) AS ${name}`);
	const result = await rows(connection, `SELECT ${list.join(', ')} FROM (${text})`);
	return result.map(row => row.map(show).join('\t')).sort();
}

const connection = await connect();
await connection.run(`CREATE VIEW silver AS ${view}`);
for (const file of readdirSync(folder).sort()) {
	const table = file.replace(/\.sql$/, '');
	const text = readFileSync(`${folder}/${file}`, 'utf8');
	const described = (await rows(connection, `DESCRIBE ${text}`)).map(row => row[0]);
	const columns = sqlite(`PRAGMA table_info(${table})`);
	if (described.join() !== columns.map(column => column.name).join()) {
		console.log(`${table} has other columns: ${described}`);
		continue;
	}
	const a = ours(table, columns), b = await theirs(connection, text, columns);
	const differing = a.findIndex((row, i) => row !== b[i]);
	if (a.length === b.length && differing < 0)
		console.log(`${table} ${a.length} equal`);
	else
		console.log(`${table} ${a.length}:${b.length} differ\n  ${a.at(differing)}\n  ${b.at(differing)}`);
}
