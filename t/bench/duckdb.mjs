// DuckDB runs a file of SQL:  node duckdb.mjs FILE NAME=VALUE ...
//
// ${NAME} in the SQL is replaced by its value. The package is in the folder of npm packages PEER. A statement
// ends with a semicolon at the end of a line. What SELECTs answer is fetched, and dropped.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { DuckDBInstance } = createRequire(process.env.PEER + '/')('@duckdb/node-api');
const [file, ...settings] = process.argv.slice(2);
const values = new Map(settings.map((s) => [s.slice(0, s.indexOf('=')), s.slice(s.indexOf('=') + 1)]));
const statements = readFileSync(file, 'utf8')
	.replace(/^--.*$/gm, '')
	.replace(/\$\{(\w+)\}/g, (_, name) => {
		if (!values.has(name)) throw new Error(`${file}: no value for ${name}`);
		return values.get(name);
	})
	.split(/;\s*$/m)
	.filter((statement) => statement.trim() !== '');

const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();

for (const statement of statements) await connection.runAndReadAll(statement);
connection.closeSync();
instance.closeSync();
