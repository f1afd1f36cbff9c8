// ddl.mjs ENGINE LAKE FILE: has DuckDB or ClickHouse carry out the statements in FILE, and holds each table of Gold
// that they declare against that in LAKE/gold.db, doubles bit by bit. Prints a line for silver, with its rows and
// the days they are of, and one for each table: its name, how many rows, "equal" or the first that are not.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect, peer, rows } from './peer.mjs';

const [engine, lake, file] = process.argv.slice(2);

function sqlite(sql) {
	const text = execFileSync('sqlite3', ['-readonly', '-json', `${lake}/gold.db`, sql], { maxBuffer: 1 << 30 });
	return text.length > 0 ? JSON.parse(text) : [];
}

const engines = {
	async duckdb() {
		const connection = await connect();
		return {
			run: sql => connection.run(sql),
			ask: sql => rows(connection, sql),
			text: name => `CAST("${name}" AS VARCHAR)`,
			double: name => `"${name}"`,
		};
	},
	clickhouse() {
		const { Session } = peer('chdb');
		const session = new Session();
		return {
			run: sql => session.query(sql),
			ask: sql => session.query(sql, 'JSONCompactEachRow').split('\n').filter(line => line !== '')
				.map(line => JSON.parse(line)),
			text: name => `toString("${name}")`,
			double: name => `"${name}"`,
			close: () => session.cleanup?.(),
		};
	},
};

const show = row => row.map(value => value === null ? 'null' : String(value)).join('\t');
const { run, ask, text, double, close } = await engines[engine]();
for (const statement of readFileSync(file, 'utf8').split(/;\n/).filter(s => s.trim() !== ''))
	await run(statement);
console.log('silver', (await ask('SELECT count(*), min(event_date), max(event_date) FROM silver')).map(show)[0].replaceAll('\t', ' '));
for (const { name } of sqlite('SELECT name FROM lake_definition ORDER BY name')) {
	const columns = sqlite(`PRAGMA table_info(${name})`);
	const ours = sqlite(`SELECT ${columns.map(c => `"${c.name}"`).join(', ')} FROM ${name}`).map(row => show(Object.values(row))).sort();
	const list = columns.map(c => c.type === 'REAL' ? double(c.name) : text(c.name));
	const theirs = (await ask(`SELECT ${list.join(', ')} FROM ${name}`)).map(show).sort();
	const differing = ours.findIndex((row, i) => row !== theirs[i]);
	if (ours.length === theirs.length && differing < 0)
		console.log(`${name} ${ours.length} equal`);
	else
		console.log(`${name} ${ours.length}:${theirs.length} differ\n  ${ours.at(differing)}\n  ${theirs.at(differing)}`);
}
await close?.();
