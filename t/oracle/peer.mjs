// What a folder of npm packages, $PEER, has to give. DuckDB: connect() and rows(connection, sql).
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
