// questions.mjs LAKE VIEW <QUESTIONS: with VIEW as the table silver, DuckDB answers each line, and what comes out is
// held against what evsql answers: all rows in their order, numbers to the last bit. Prints a line for each: how
// many rows, and "equal" or the first that is not.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect, rows } from './peer.mjs';

const [lake, view] = process.argv.slice(2);
const connection = await connect();

function ours(question) {
	const text = execFileSync('evsql', ['-f', 'jsonl', lake, question], { maxBuffer: 1 << 30, encoding: 'utf8' });

	return text.split('\n').filter(line => line !== '').map(line => Object.values(JSON.parse(line)));
}

// Whole numbers of any width, decimals and doubles are numbers; whatever else is not a text is shown as one.
function plain(value) {
	if (value === null || typeof value === 'number' || typeof value === 'string')
		return value;
	if (typeof value === 'bigint' || value.scale !== undefined)
		return Number(value.toString());
	return value.toString();
}

await connection.run("SET default_null_order = 'nulls_first'");
await connection.run(`CREATE VIEW silver AS ${view}`);
for (const question of readFileSync(0, 'utf8').split('\n').filter(line => line !== '')) {
	const theirs = (await rows(connection, question)).map(row => row.map(plain));
	const got = ours(question);
	const at = theirs.findIndex((row, i) => JSON.stringify(row) !== JSON.stringify(got[i]));

	if (theirs.length === got.length && at < 0)
		console.log(theirs.length, 'equal');
	else
		console.log(theirs.length, got.length, question, JSON.stringify(theirs[at]), JSON.stringify(got[at]));
}
