// silver.mjs ENGINE LAKE EVENTS: ENGINE, duckdb or polars, reads LAKE/silver without options; what it sees is held
// against EVENTS, the events of the same Bronze as evcat -f jsonl prints them, with the member source added. What
// Silver adds is made anew here. Prints a line for each thing that is looked at: "same", or what is not.
import { readFileSync } from 'node:fs';
import { connect, peer, rows } from './peer.mjs';

const [engine, lake, file] = process.argv.slice(2);
const glob = `${lake}/silver/**/*.parquet`;

const columns = ['timestamp', 'user_id', 'session_id', 'event_type', 'product_id', 'quantity', 'price', 'category',
	'search_query', 'event_hour', 'revenue', 'source', 'line'];
const types = {
	duckdb: ['TIMESTAMP WITH TIME ZONE', 'VARCHAR', 'VARCHAR', 'VARCHAR', 'VARCHAR', 'INTEGER', 'DECIMAL(18,6)',
		'VARCHAR', 'VARCHAR', 'INTEGER', 'DECIMAL(18,6)', 'VARCHAR', 'BIGINT'],
	polars: ['Datetime(us,UTC)', 'String', 'String', 'String', 'String', 'Int32', 'Decimal(18,6)', 'String', 'String',
		'Int32', 'Decimal(18,6)', 'String', 'Int64'],
};
const numbers = new Set(['timestamp', 'quantity', 'price', 'event_hour', 'revenue', 'line']);

// Every value is null or a text; timestamps are microseconds, money is millionths.
function millionths(text) {
	if (text === null)
		return null;
	const [whole, fraction = ''] = text.split('.');
	return String(BigInt(whole + fraction.padEnd(6, '0')));
}

function expected(line) {
	const event = JSON.parse(line);
	const price = millionths(/"price":(null|[0-9.]+),"category"/.exec(line)[1].replace('null', '') || null);
	const time = /^(\d{4}-\d\d-\d\dT(\d\d):\d\d:\d\d)\.(\d{6})Z$/.exec(event.timestamp);
	const us = BigInt(Date.parse(time[1] + 'Z')) * 1000n + BigInt(time[3]);
	const revenue = event.event_type === 'purchase' && price !== null && event.quantity !== null
		? String(BigInt(price) * BigInt(event.quantity)) : null;

	return [us, event.user_id, event.session_id, event.event_type,
		event.product_id, event.quantity, price, event.category, event.search_query, Number(time[2]), revenue,
		event.source, event.line].map(value => value === null ? null : String(value));
}

// Of each column: nulls, least and greatest; texts in the order of their bytes.
function summary(table) {
	return columns.map((name, i) => {
		const values = table.map(row => row[i]).filter(value => value !== null);
		const compare = numbers.has(name) ? (a, b) => Number(BigInt(a) - BigInt(b))
			: (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
		const least = values.reduce((a, b) => compare(b, a) < 0 ? b : a);
		const greatest = values.reduce((a, b) => compare(b, a) > 0 ? b : a);

		return [name, String(table.length - values.length), least, greatest];
	});
}

const money = new Set(['price', 'revenue']);
const normal = row => row.map((value, i) => {
	const text = value === null ? null : String(value);
	return money.has(columns[i]) ? millionths(text) : text;
});

// Each engine: names and types, all rows, its own count, and its own summary.
const engines = {
	async duckdb() {
		const connection = await connect();
		const from = `FROM read_parquet('${glob}')`;
		const value = name => name === 'timestamp' ? 'epoch_us(timestamp)' : name;
		const text = expression => `CAST(${expression} AS VARCHAR)`;
		const describe = (await rows(connection, `DESCRIBE ${from}`)).map(row => [row[0], row[1]]);
		const table = await rows(connection, `SELECT ${columns.map(name => text(value(name))).join()} ${from}`);
		const own = [];
		for (const name of columns)
			own.push((await rows(connection, `SELECT '${name}', ${text(`count(*) - count(${name})`)},
				${text(`min(${value(name)})`)}, ${text(`max(${value(name)})`)} ${from}`))[0]);
		await statistics(connection);
		return {
			describe: describe.filter(([name]) => name !== 'event_date'),
			table: table.map(normal),
			count: (await rows(connection, `SELECT count(*) ${from}`))[0][0],
			own,
			dates: (await rows(connection, `SELECT count(*) ${from}
				WHERE event_date IS DISTINCT FROM CAST(timestamp AS DATE)`))[0][0],
		};
	},
	async polars() {
		const pl = peer('nodejs-polars');
		const read = pl.scanParquet(glob);
		const cast = name => name === 'timestamp' ? pl.col(name).cast(pl.Int64).cast(pl.String)
			: money.has(name) ? pl.col(name).cast(pl.String) : pl.col(name);
		const data = read.collectSync();
		const extreme = how => data.select(...columns.map(name => name === 'timestamp'
			? pl.col(name).cast(pl.Int64)[how]().cast(pl.String)
			: money.has(name) ? pl.col(name)[how]().cast(pl.String) : pl.col(name)[how]())).rows()[0];
		const nulls = data.nullCount().rows()[0], least = extreme('min'), greatest = extreme('max');
		return {
			describe: Object.entries(data.schema).map(([name, type]) => [name, String(type).replace(/^DataType\((.*)\)$/, '$1')]),
			table: data.select(...columns.map(cast)).rows().map(normal),
			count: data.height,
			own: columns.map((name, i) => [name, nulls[i], least[i], greatest[i]]),
			dates: 0,
		};
	},
};

// A bound of texts may be cut, or left out where the text is long.
function bound(written, text, side) {
	const bytes = Buffer.from(text);

	if (written === null)
		return bytes.length > 64;
	return Buffer.compare(Buffer.from(written), bytes) * side >= 0;
}

// The statistics that are written for each column of each file say what is in it: what engines skip by.
async function statistics(connection) {
	const wrong = [];
	const files = await rows(connection, `SELECT file FROM glob('${glob}')`);
	for (const [path] of files) {
		const seen = (await rows(connection, `SELECT ${columns.map(name => `count(*) - count(${name}),
			CAST(min(${name}) AS VARCHAR), CAST(max(${name}) AS VARCHAR)`).join()} FROM read_parquet('${path}')`))[0];
		const written = await rows(connection, `SELECT path_in_schema, stats_null_count, stats_min_value, stats_max_value
			FROM parquet_metadata('${path}') WHERE row_group_id = 0`);
		for (const [name, nulls, least, greatest] of written) {
			const [n, a, b] = seen.slice(3 * columns.indexOf(name));
			const bounds = numbers.has(name) || a === null ? least === a && greatest === b
				: bound(least, a, -1) && bound(greatest, b, 1);
			if (n !== nulls || !bounds)
				wrong.push(`${path} ${name}: ${nulls} ${least} ${greatest}, not ${n} ${a} ${b}`);
		}
		if (written.length !== columns.length)
			wrong.push(`${path}: ${written.length} column chunks`);
	}
	say('statistics', wrong.slice(0, 3).join('; '));
}

function say(what, wrong) {
	console.log(`${what}: ${wrong === '' ? 'same' : wrong}`);
}

function differ(a, b) {
	return JSON.stringify(a) === JSON.stringify(b) ? '' : `${JSON.stringify(a)}, not ${JSON.stringify(b)}`;
}

const events = readFileSync(file, 'utf8').split('\n').filter(line => line !== '').map(expected);
const { describe, table, count, own, dates } = await engines[engine]();
say('types', differ(describe, columns.map((name, i) => [name, types[engine][i]])));
say('rows', differ([Number(count), table.length], [events.length, events.length]));
const wanted = summary(events);
for (const [i, [name, nulls, least, greatest]] of own.entries())
	say(name, differ([name, String(nulls), ...(money.has(name) ? [least, greatest].map(millionths)
		: [String(least), String(greatest)])], wanted[i]));
say('event_date', differ(Number(dates), 0));
const a = table.map(row => JSON.stringify(row)).sort(), b = events.map(row => JSON.stringify(row)).sort();
const at = a.findIndex((row, i) => row !== b[i]);
say('values', at < 0 ? '' : `${a[at]}, not ${b[at]}`);
