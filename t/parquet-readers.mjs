// Reads the files of t/unit/parquet_sample.c with DuckDB and Polars, without options, and compares every value,
// type, null count and bound with what went in. Prints TAP.
//
//   node parquet-readers.mjs FOLDER PEER     PEER is a folder with node_modules
//   node parquet-readers.mjs                 which of the two can be had there: PEER is $PEER

import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const [folder, peer] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(peer), 'x'));
const find = (name) => {
  try {
    return require(name);
  } catch (e) {
    return undefined;
  }
};
const duckdb = find('@duckdb/node-api');
const polars = find('nodejs-polars');

let n = 0, failed = 0;
const ok = (condition, text, why = '') => {
  n++;
  if (!condition) failed++;
  console.log(`${condition ? '' : 'not '}ok ${n} - ${text}`);
  if (!condition) console.error(`# ${text}: ${why}`);
};
const is = (got, expected, text) => {
  const [a, b] = [JSON.stringify(got), JSON.stringify(expected)];
  ok(a === b, text, `got ${a}, expected ${b}`);
};
const skip = (text) => console.log(`ok ${++n} # SKIP ${text}`);

const file = path.join(folder, 'sample.parquet'), none = path.join(folder, 'none.parquet');
const lines = fs.readFileSync(path.join(folder, 'sample.tsv'), 'utf8').split('\n').slice(0, -1)
  .map((line) => line.split('\t'));
const names = lines.shift();
const column = (name) => {
  const k = names.indexOf(name);
  return lines.map((line) => (line[k] === '\\N' ? null : line[k]));
};

const duckdbTypes = {
  row: 'BIGINT', time: 'TIMESTAMP WITH TIME ZONE', word: 'VARCHAR', plain: 'VARCHAR', id: 'VARCHAR',
  i64: 'BIGINT', i32: 'INTEGER', few32: 'INTEGER', price: 'DECIMAL(18,6)', amount: 'DECIMAL(18,6)',
  f64: 'DOUBLE', nan: 'DOUBLE', flag: 'BOOLEAN', nothing: 'VARCHAR', source: 'VARCHAR',
};

async function withDuckdb() {
  const instance = await duckdb.DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = async (sql) => (await connection.runAndReadAll(sql)).getRowsJson();
  const one = async (sql) => (await rows(sql))[0][0];

  for (const f of [file, none]) {
    const types = Object.fromEntries((await rows(`describe select * from '${f}'`)).map((r) => [r[0], r[1]]));
    is(types, duckdbTypes, `DuckDB: types of ${path.basename(f)}`);
  }
  is(await one(`select count(*) from '${none}'`), '0', 'DuckDB: a file without rows');
  await connection.run(`create table went_in as select * from read_csv('${folder}/sample.tsv', delim='\t',
    header=true, all_varchar=true, nullstr='\\N', quote='', escape='', strict_mode=false)`);
  await connection.run(`create view p as select * from '${file}'`);
  is(await one('select count(*) from p'), String(lines.length), 'DuckDB: rows');
  ok(Number(await one(`select max(row_group_id) from parquet_metadata('${file}')`)) > 1,
    'DuckDB: several row groups');
  for (const name of names) {
    const [got, expected] = name === 'time' ? ['epoch_us(p.time)', 'e.time::bigint']
      : [`p."${name}"`, `e."${name}"::${duckdbTypes[name]}`];
    is(await one(`select count(*) from p join went_in e on p.row = e.row::bigint
      where ${got} is not distinct from ${expected}`), String(lines.length), `DuckDB: values of ${name}`);
    const nulls = column(name).filter((v) => v === null).length;
    is(Number(await one(`select sum(stats_null_count) from parquet_metadata('${file}')
      where path_in_schema = '${name}'`)), nulls, `DuckDB: null count of ${name}`);
    if (nulls === lines.length || name === 'nan') {
      is(Number(await one(`select count(stats_min_value) from parquet_metadata('${file}')
        where path_in_schema = '${name}'`)), 0, `DuckDB: no bounds of ${name}`);
      continue;
    }
    const type = duckdbTypes[name];
    ok(await one(`select (select min(stats_min_value::${type}) = min(any_value) and
        max(stats_max_value::${type}) = max(any_value_max) from
        (select stats_min_value, stats_max_value from parquet_metadata('${file}')
          where path_in_schema = '${name}'),
        (select min("${name}") as any_value, max("${name}") as any_value_max from p))`),
      `DuckDB: bounds of ${name}`);
  }
  // A filter that the bounds can answer must not lose rows.
  is(await one(`select count(*) from p where id = 'session-000499'`),
    String(column('id').filter((v) => v === 'session-000499').length), 'DuckDB: rows by a text');
  is(await one('select count(*) from p where i64 = -9223372036854775808'),
    String(column('i64').filter((v) => v === '-9223372036854775808').length), 'DuckDB: rows by a number');
  connection.closeSync();
  instance.closeSync();
}

const polarsTypes = {
  row: 'Int64', time: 'Datetime(us,UTC)', word: 'String', plain: 'String', id: 'String', i64: 'Int64', i32: 'Int32',
  few32: 'Int32', price: 'Decimal(18,6)', amount: 'Decimal(18,6)', f64: 'Float64', nan: 'Float64', flag: 'Bool',
  nothing: 'String', source: 'String',
};

function withPolars() {
  const pl = polars.default ?? polars;
  const table = pl.readParquet(file);

  is(pl.readParquet(none).height, 0, 'Polars: a file without rows');
  is(table.height, lines.length, 'Polars: rows');
  for (const name of names) {
    const series = table.getColumn(name), type = String(series.dtype).replace(/^DataType\((.*)\)$/, '$1');
    ok(type.startsWith(polarsTypes[name].split('(')[0]), `Polars: type of ${name}`, type);
    const expected = column(name);
    is(series.nullCount(), expected.filter((v) => v === null).length, `Polars: null count of ${name}`);
    const numbers = type.startsWith('Float') || type.startsWith('Bool');
    const got = (numbers ? series : series.cast(...(name === 'time' ? [pl.Int64] : [pl.Utf8])).cast(pl.Utf8)).toArray();
    const same = (a, b) => (a === null || b === null ? a === b
      : type.startsWith('Float') ? Object.is(a, Number(b)) || a === Number(b) || (b === 'nan' && Number.isNaN(a))
        : String(a) === b);
    const at = got.findIndex((v, i) => !same(v, expected[i]));
    ok(got.length === expected.length && at === -1, `Polars: values of ${name}`,
      `row ${at}: got ${got[at]}, expected ${expected[at]}`);
  }
}

if (duckdb) await withDuckdb();
else skip(`no @duckdb/node-api in ${peer}`);
if (polars) withPolars();
else skip(`no nodejs-polars in ${peer}`);
console.log(`1..${n}`);
process.exit(failed === 0 ? 0 : 1);
