// DuckDB from the folder in $PEER: connect() and rows(connection, sql); the tests of Silver and Gold use it.
// Alone, it says whether DuckDB is there.
import { createRequire } from 'node:module';

export const peer = createRequire(process.env.PEER + '/');

export async function connect() {
	const { DuckDBInstance } = peer('@duckdb/node-api');
	const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
	const connection = await instance.connect();

	await connection.run("SET TimeZone = 'UTC'");
	return connection;
}

export async function rows(connection, sql) {
	return (await connection.runAndReadAll(sql)).getRows();
}

if (process.argv[1] === import.meta.filename || process.argv[1].endsWith('/duckdb.mjs'))
	await connect();
