// DuckDB's bulk price list beside ours: node duckdb.mjs WORLD_FOLDER SIZE FIGURES.jsonl [LIST.csv]
// One SQL statement resolves a relation of questions (customer, article, quantity) on one day. It is held
// against the plain oracle's answers to q_fixed.csv first; then the same statement writes the list of customers
// 1 to 20 (S: 1 to 200) at quantity 1 as CSV, with 1 and 2 threads in turn. Printed: the median of each.
// Prices are whole ten-thousandths, so all sums are exact; what depends on the customer alone, or on customer
// and product group, is brought together before the four million questions are joined to it. LIST.csv is where
// the list is left.
import {appendFileSync, copyFileSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {DuckDBInstance} from '@duckdb/node-api';

const [folder, size, figures, list] = process.argv.slice(2);
if (!figures) {
  console.error('usage: node duckdb.mjs WORLD_FOLDER SIZE FIGURES.jsonl [LIST.csv]');
  process.exit(2);
}
const day = "DATE '2026-07-01'";
const customers = size === 'S' ? 200 : 20;
const rounds = 5;

const instance = await DuckDBInstance.create(':memory:');
const db = await instance.connect();
const rows = async (sql) => (await db.runAndReadAll(sql)).getRowObjects();

async function load() {
  const csv = (name) => `read_csv('${folder}/${name}.csv')`;
  const cents = (column) => `CAST(CAST(${column} AS DECIMAL(18, 4)) * 10000 AS BIGINT)`;
  await db.run(`CREATE TABLE agreement AS SELECT * REPLACE (${cents('price')} AS price) FROM ${csv('agreement')}`);
  await db.run(`CREATE TABLE list_row AS SELECT * REPLACE (${cents('price')} AS price) FROM ${csv('price_list_row')}`);
  await db.run(`CREATE TABLE sku AS SELECT s.id, s.product_group_id, ${cents('s.base_price')} AS base_price,
    (SELECT b.band FROM ${csv('band')} b WHERE b.band_profile = g.band_profile
       AND b.min_qty <= coalesce(t.total, 0) ORDER BY b.min_qty DESC LIMIT 1) AS band
    FROM ${csv('sku')} s JOIN ${csv('product_group')} g ON g.id = s.product_group_id
    LEFT JOIN (SELECT sku_id, sum(qty) AS total FROM ${csv('stock')} GROUP BY sku_id) t ON t.sku_id = s.id`);
  for (const name of ['customer_group_member', 'price_list', 'disc_cust_pg', 'disc_group_pg', 'disc_group_sku'])
    await db.run(`CREATE TABLE ${name} AS SELECT * FROM ${csv(name)}`);
}

const valid = (table) => `${day} BETWEEN ${table}.valid_from AND ${table}.valid_to`;

// Answers to the questions of a relation: id, customer_id, sku_id, qty.
const answers = (questions) => `
WITH who AS MATERIALIZED (SELECT DISTINCT customer_id AS c FROM ${questions}),
member AS MATERIALIZED (SELECT m.customer_id AS c, m.group_id FROM customer_group_member m JOIN who ON who.c = m.customer_id),
agreed AS MATERIALIZED (  -- the largest min_qty, the lowest price, no discounts before discounts
  SELECT q.id, max((a.min_qty << 36) | ((17179869184 - a.price) << 1) | (1 - a.discountable)) AS k
  FROM agreement a JOIN who ON who.c = a.customer_id
  JOIN ${questions} q ON q.customer_id = a.customer_id AND q.sku_id = a.sku_id AND a.min_qty <= q.qty
  WHERE ${valid('a')} GROUP BY q.id),
reached AS MATERIALIZED (
  SELECT who.c, l.id, l.discountable, (l.priority << 40) | (l.id << 20) AS k
  FROM price_list l JOIN who ON who.c = l.owner_id WHERE l.owner_type = 'C' AND ${valid('l')}
  UNION ALL
  SELECT m.c, l.id, l.discountable, (1::BIGINT << 60) | (l.priority << 40) | (l.id << 20)
  FROM price_list l JOIN member m ON m.group_id = l.owner_id WHERE l.owner_type = 'G' AND ${valid('l')}),
listed AS MATERIALIZED (  -- the first list with a row, its largest min_qty
  SELECT q.id, min(r.k | (1048575 - p.min_qty)) AS k,
         arg_min((p.price << 1) | r.discountable, r.k | (1048575 - p.min_qty)) AS v
  FROM reached r JOIN list_row p ON p.list_id = r.id
  JOIN ${questions} q ON q.customer_id = r.c AND q.sku_id = p.sku_id AND p.min_qty <= q.qty
  GROUP BY q.id),
own_pg AS MATERIALIZED (SELECT d.customer_id AS c, d.product_group_id AS pg, max(d.bp) AS bp
  FROM disc_cust_pg d JOIN who ON who.c = d.customer_id WHERE ${valid('d')} GROUP BY ALL),
group_pg AS MATERIALIZED (SELECT m.c, d.product_group_id AS pg, max(d.bp) AS bp
  FROM disc_group_pg d JOIN member m ON m.group_id = d.group_id WHERE ${valid('d')} GROUP BY ALL),
group_sku AS MATERIALIZED (SELECT m.c, d.sku_id AS s, max(d.bp) AS bp
  FROM disc_group_sku d JOIN member m ON m.group_id = d.group_id WHERE ${valid('d')} GROUP BY ALL),
priced AS (
  SELECT q.id, q.customer_id, q.sku_id, q.qty, s.band,
    CASE WHEN a.k IS NOT NULL THEN 'A' WHEN l.k IS NULL THEN 'B' WHEN l.k < (1::BIGINT << 60) THEN 'C' ELSE 'G' END AS source,
    CASE WHEN a.k IS NOT NULL THEN 17179869184 - ((a.k >> 1) & 34359738367)
         WHEN l.k IS NOT NULL THEN l.v >> 1 ELSE s.base_price END AS price,
    CASE WHEN a.k IS NOT NULL THEN (a.k & 1) = 0 WHEN l.k IS NOT NULL THEN (l.v & 1) = 1 ELSE true END AS discountable,
    coalesce(o.bp, 0) AS d1, greatest(coalesce(g.bp, 0), coalesce(x.bp, 0)) AS d2
  FROM ${questions} q JOIN sku s ON s.id = q.sku_id
  LEFT JOIN agreed a ON a.id = q.id LEFT JOIN listed l ON l.id = q.id
  LEFT JOIN own_pg o ON o.c = q.customer_id AND o.pg = s.product_group_id
  LEFT JOIN group_pg g ON g.c = q.customer_id AND g.pg = s.product_group_id
  LEFT JOIN group_sku x ON x.c = q.customer_id AND x.s = q.sku_id)
SELECT id, customer_id, sku_id, qty, source, band,
  CASE WHEN discountable THEN (price * (10000 - d1) * (10000 - d2) + 5000000000) // 10000000000
       ELSE (price + 50) // 100 END AS cents
FROM priced`;

async function verify() {
  await db.run(`CREATE TABLE asked AS SELECT id, customer_id, sku_id, qty FROM read_csv('${folder}/q_fixed.csv')`);
  const wanted = new Map();
  for (const line of readFileSync(`${folder}/a_fixed.csv`, 'utf8').trim().split('\n').slice(1)) {
    const [id, ...rest] = line.trim().split(',');
    wanted.set(id, rest.join(','));
  }
  const decimal = (cents) => `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
  let checked = 0;
  for (const row of await rows(answers('asked'))) {
    const cents = BigInt(row.cents);
    const got = [row.source, decimal(cents), decimal(cents * BigInt(row.qty)), row.band].join(',');
    if (got !== wanted.get(String(row.id)))
      throw new Error(`question ${row.id} (customer ${row.customer_id}, article ${row.sku_id}, quantity ${row.qty}): ` +
        `expected ${wanted.get(String(row.id))}, got ${got}`);
    ++checked;
  }
  if (checked !== wanted.size) throw new Error(`${checked} answers to ${wanted.size} questions`);
  console.log(`DuckDB ${(await rows('SELECT version() AS v'))[0].v}: ${checked} answers as the plain oracle's`);
}

async function measure() {
  const out = mkdtempSync(join(tmpdir(), 'netto-duckdb-'));
  try {
    await db.run(`CREATE TABLE everything AS SELECT row_number() OVER () AS id, c AS customer_id, id AS sku_id, 1 AS qty
      FROM sku, range(1, ${customers + 1}) AS r(c)`);
    const [{n}] = await rows('SELECT count(*) AS n FROM everything');
    const copy = `COPY (SELECT customer_id, sku_id, CAST(cents * 0.01::DECIMAL(3, 2) AS DECIMAL(18, 2)) AS unit, band
      FROM (${answers('everything')})) TO '${join(out, 'list.csv')}' (FORMAT csv, HEADER true)`;
    await db.run('SET preserve_insertion_order = false');  // any order of rows will do
    const seconds = {1: [], 2: []};
    for (let round = 0; round < rounds; ++round) {
      for (const threads of [1, 2]) {
        await db.run(`SET threads = ${threads}`);
        const begun = process.hrtime.bigint();
        await db.run(copy);
        seconds[threads].push(Number(process.hrtime.bigint() - begun) / 1e9);
      }
    }
    if (list) copyFileSync(join(out, 'list.csv'), list);
    for (const threads of [1, 2]) {
      const median = seconds[threads].sort((a, b) => a - b)[rounds >> 1];
      const value = Number(n) / median;
      console.log(`DuckDB, ${threads} thread${threads > 1 ? 's' : ''}: ${(value / 1e6).toFixed(2)} M prices/s to CSV`);
      appendFileSync(figures, JSON.stringify({
        figure: `duckdb.${size.toLowerCase()}.bulk.threads${threads}.prices_per_s`, value, unit: '1/s'}) + '\n');
    }
  } finally {
    rmSync(out, {recursive: true, force: true});
  }
}

await load();
await verify();
await measure();
