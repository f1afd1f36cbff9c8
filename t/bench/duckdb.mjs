// DuckDB runs files of SQL:  node duckdb.mjs [-v] FILE ... NAME=VALUE ...
//
// ${NAME} in the SQL is replaced by its value. The package is in the folder of npm packages PEER. A statement
// ends with a semicolon at the end of a line, or with the file. What SELECTs answer is fetched, and dropped.
// With -v a line for each SELECT: the file's name without .sql, seconds, and bytes that were read meanwhile.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { createRequire } from 'node:module';

const { DuckDBInstance } = createRequire(process.env.PEER + '/')('@duckdb/node-api');
const words = process.argv.slice(2);
const verbose = words[0] === '-v' && words.shift() !== undefined;
const isSetting = (word) => /^\w+=/.test(word);
const values = new Map(words.filter(isSetting).map((s) => [s.slice(0, s.indexOf('=')), s.slice(s.indexOf('=') + 1)]));

const statementsOf = (file) =>
	readFileSync(file, 'utf8')
		.replace(/^--.*$/gm, '')
		.replace(/\$\{(\w+)\}/g, (_, name) => {
			if (!values.has(name)) throw new Error(`${file}: no value for ${name}`);
			return values.get(name);
		})
		.split(/;\s*$/m)
		.filter((statement) => statement.trim() !== '');

const bytesRead = () => Number(/^rchar: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))[1]);

const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();

for (const file of words.filter((word) => !isSetting(word))) {
	for (const statement of statementsOf(file)) {
		const [bytes, begin] = [bytesRead(), process.hrtime.bigint()];
		await connection.runAndReadAll(statement);
		const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
		if (verbose && /^\s*SELECT/.test(statement))
			console.log([basename(file, '.sql'), seconds, bytesRead() - bytes].join('\t'));
	}
}
connection.closeSync();
instance.closeSync();
