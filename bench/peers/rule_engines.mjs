// Rule engines of the npm registry on single look-ups: node rule_engines.mjs WORLD_FOLDER SIZE FIGURES.jsonl
// Facts lie in Maps of this process; a look-up takes those of its keys (the customer's rows for the article, the
// rows of the lists it reaches, discounts) and hands them to the engine, which decides: what is valid and reached
// by the quantity, which source comes first, which discounts act, what the price is. GoRules ZEN computes in
// decimals; json-rules-engine decides only, and the price is computed here in whole numbers.
// Both answer the plain oracle's look-ups first. Then random look-ups for four seconds, one at a time and 16 at a
// time; the better rate counts.
import {appendFileSync, createReadStream, readFileSync} from 'node:fs';
import {createInterface} from 'node:readline';
import {ZenEngine} from '@gorules/zen-engine';
import rulesEngine from 'json-rules-engine';

const [folder, size, figures] = process.argv.slice(2);
if (!figures) {
  console.error('usage: node rule_engines.mjs WORLD_FOLDER SIZE FIGURES.jsonl');
  process.exit(2);
}
const seconds = 4;

// ---- facts

const number = (text) => Number(text);
const money = (text) => Math.round(Number(text) * 10000);  // four decimals: exact far beyond these prices
const day = (text) => number(text.replaceAll('-', ''));

async function each(name, take) {
  let head = true;
  for await (const line of createInterface({input: createReadStream(`${folder}/${name}.csv`)})) {
    if (!head) take(line.split(','));
    head = false;
  }
}

const put = (map, key, value) => {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
};
const pair = (a, b) => a * 2097152 + b;

const groups = new Map(), lists = {C: new Map(), G: new Map()}, rowsOf = new Map(), agreements = new Map();
const ownDiscounts = new Map(), groupDiscounts = new Map(), articleDiscounts = new Map();
const skus = [], stock = new Map(), profiles = new Map(), bands = new Map();
const none = [];

async function load() {
  await each('customer_group_member', ([c, g]) => put(groups, number(c), number(g)));
  await each('price_list', ([id, type, owner, priority, disc, from, to]) => put(lists[type], number(owner),
    {id: number(id), priority: number(priority), disc: number(disc), from: day(from), to: day(to)}));
  await each('price_list_row', ([list, sku, min, price]) =>
    put(rowsOf, pair(number(list), number(sku)), {min: number(min), price: money(price)}));
  await each('agreement', ([c, s, min, price, disc, from, to]) => put(agreements, pair(number(c), number(s)),
    {min: number(min), price: money(price), disc: number(disc), from: day(from), to: day(to)}));
  const discount = (map) => ([a, b, bp, from, to]) =>
    put(map, pair(number(a), number(b)), {bp: number(bp), from: day(from), to: day(to)});
  await each('disc_cust_pg', discount(ownDiscounts));
  await each('disc_group_pg', discount(groupDiscounts));
  await each('disc_group_sku', discount(articleDiscounts));
  await each('product_group', ([id, profile]) => profiles.set(number(id), number(profile)));
  await each('sku', ([id, , pg, price]) => (skus[number(id)] = {pg: number(pg), price: money(price)}));
  await each('stock', ([s, , qty]) => stock.set(number(s), (stock.get(number(s)) ?? 0) + number(qty)));
  await each('band', ([profile, min, band]) => put(bands, number(profile), {min: number(min), band}));
}

// The rows of lists that one look-up may use, in the order in which lists are asked.
function listRows(of, owners, sku) {
  const reached = owners.flatMap((owner) => lists[of].get(owner) ?? none);
  reached.sort((a, b) => a.priority - b.priority || a.id - b.id);
  return reached.flatMap((list, place) => (rowsOf.get(pair(list.id, sku)) ?? none).map((row) =>
    ({place, min: row.min, price: row.price, disc: list.disc, from: list.from, to: list.to})));
}

function factsOf({customer, sku, qty, at}) {
  const own = groups.get(customer) ?? none;
  const article = skus[sku];
  return {
    qty, at, base: article.price,
    agreements: agreements.get(pair(customer, sku)) ?? none,
    customerRows: listRows('C', [customer], sku),
    groupRows: listRows('G', own, sku),
    own: ownDiscounts.get(pair(customer, article.pg)) ?? none,
    group: own.flatMap((g) => [...(groupDiscounts.get(pair(g, article.pg)) ?? none),
                               ...(articleDiscounts.get(pair(g, sku)) ?? none)]),
  };
}

function bandOf(sku) {
  const total = stock.get(sku) ?? 0;
  return bands.get(profiles.get(skus[sku].pg)).filter((b) => b.min <= total).reduce((a, b) => (b.min > a.min ? b : a)).band;
}

// ---- the engines: facts in, {source, cents} out

function zen() {
  const usable = (rows) => `filter(${rows}, #.min <= qty and #.from <= at and at <= #.to)`;
  const first = (rows) => `len($.${rows}) > 0 ? min(map($.${rows}, #.place)) : -1`;
  const of = (rows, place) => `filter($.${rows}, #.place == $.${place})`;
  const best = (rows) => `len($.${rows}) > 0 ? max(map($.${rows}, #.min)) : -1`;
  const most = (rows) => `max(flatMap([[{bp: 0}], filter(${rows}, #.from <= at and at <= #.to)], map(#, #.bp)))`;
  const expressions = [
    ['agreed', usable('agreements')], ['agreedMin', best('agreed')],
    ['agreedBest', 'filter($.agreed, #.min == $.agreedMin)'],
    ['agreedPrice', 'len($.agreedBest) > 0 ? min(map($.agreedBest, #.price)) : -1'],
    ['agreedDisc', 'len($.agreedBest) > 0 ? min(map(filter($.agreedBest, #.price == $.agreedPrice), #.disc)) : 0'],
    ['c', usable('customerRows')], ['cPlace', first('c')], ['cList', of('c', 'cPlace')], ['cMin', best('cList')],
    ['g', usable('groupRows')], ['gPlace', first('g')], ['gList', of('g', 'gPlace')], ['gMin', best('gList')],
    ['source', "len($.agreed) > 0 ? 'A' : (len($.c) > 0 ? 'C' : (len($.g) > 0 ? 'G' : 'B'))"],
    ['row', `$.source == 'A' ? {price: $.agreedPrice, disc: $.agreedDisc} : ($.source == 'C' ? filter($.cList, #.min == $.cMin)[0]
      : ($.source == 'G' ? filter($.gList, #.min == $.gMin)[0] : {price: base, disc: 1}))`],
    ['d1', `$.row.disc == 1 ? ${most('own')} : 0`], ['d2', `$.row.disc == 1 ? ${most('group')} : 0`],
    ['cents', 'floor(($.row.price * (10000 - $.d1) * (10000 - $.d2) + 5000000000) / 10000000000)'],
  ];
  const content = {
    nodes: [{id: 'in', type: 'inputNode', name: 'look-up'},
            {id: 'price', type: 'expressionNode', name: 'price', content: {
              expressions: expressions.map(([key, value], i) => ({id: String(i), key, value}))}},
            {id: 'out', type: 'outputNode', name: 'answer'}],
    edges: [{id: '1', sourceId: 'in', targetId: 'price'}, {id: '2', sourceId: 'price', targetId: 'out'}],
  };
  const decision = new ZenEngine().createDecision(content);
  return async (facts) => (await decision.evaluate(facts)).result;
}

function jsonRules() {
  const {Engine} = rulesEngine;
  const engine = new Engine();
  const usable = (rows, qty, at) => rows.filter((r) => r.min <= qty && r.from <= at && at <= r.to);
  const fact = (name, rows, better) => engine.addFact(name, async (_, almanac) => {
    const [qty, at, all] = await Promise.all(['qty', 'at', rows].map((f) => almanac.factValue(f)));
    return usable(all, qty, at).reduce((a, b) => (a === null || better(b, a) ? b : a), null);
  });
  fact('agreedRow', 'agreements', (a, b) =>
    a.min !== b.min ? a.min > b.min : a.price !== b.price ? a.price < b.price : a.disc < b.disc);
  const earlier = (a, b) => (a.place !== b.place ? a.place < b.place : a.min > b.min);
  fact('customerRow', 'customerRows', earlier);
  fact('groupRow', 'groupRows', earlier);
  const there = (name) => ({fact: name, operator: 'notEqual', value: null});
  const missing = (name) => ({fact: name, operator: 'equal', value: null});
  const source = (priority, all, type, row) => engine.addRule({conditions: {all}, priority, event: {type: 'source', params: {type, row}}});
  source(40, [there('agreedRow')], 'A', 'agreedRow');
  source(30, [missing('agreedRow'), there('customerRow')], 'C', 'customerRow');
  source(20, [missing('agreedRow'), missing('customerRow'), there('groupRow')], 'G', 'groupRow');
  source(10, [missing('agreedRow'), missing('customerRow'), missing('groupRow')], 'B', 'baseRow');
  engine.addFact('baseRow', async (_, almanac) => ({price: await almanac.factValue('base'), disc: 1}));
  const largest = (rows, at) => rows.reduce((most, d) => (d.from <= at && at <= d.to && d.bp > most ? d.bp : most), 0);
  return async (facts) => {
    const {events, almanac} = await engine.run(facts);
    const {type, row} = events[0].params;
    const {price, disc} = await almanac.factValue(row);
    const d1 = disc ? largest(facts.own, facts.at) : 0;
    const d2 = disc ? largest(facts.group, facts.at) : 0;
    const cents = (BigInt(price) * BigInt(10000 - d1) * BigInt(10000 - d2) + 5000000000n) / 10000000000n;
    return {source: type, cents};
  };
}

// ---- verified, then timed

const decimal = (cents) => `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;

async function verify(name, price, questions, wanted) {
  for (let i = 0; i < wanted.length; ++i) {
    const question = questions[i];
    const {source, cents} = await price(factsOf(question));
    const whole = BigInt(cents);
    const got = [source, decimal(whole), decimal(whole * BigInt(question.qty)), bandOf(question.sku)].join(',');
    if (got !== wanted[i])
      throw new Error(`${name}, question ${i + 1} (customer ${question.customer}, article ${question.sku}, ` +
        `quantity ${question.qty}): expected ${wanted[i]}, got ${got}`);
  }
  console.log(`${name}: ${wanted.length} answers as the plain oracle's`);
}

// Each of those that run at once has an engine of its own.
async function rate(make, questions, atOnce) {
  const begun = process.hrtime.bigint();
  const end = begun + BigInt(seconds * 1e9);
  let done = 0;
  const worker = async (next) => {
    const price = make();
    for (; process.hrtime.bigint() < end; next = (next + 7919) % questions.length) {
      const question = questions[next];
      await price(factsOf(question));
      bandOf(question.sku);
      ++done;
    }
  };
  await Promise.all(Array.from({length: atOnce}, (_, i) => worker((i * 104729) % questions.length)));
  return done / (Number(process.hrtime.bigint() - begun) / 1e9);
}

await load();
const questions = [];
await each('q_lookup', ([, c, s, qty, at]) =>
  questions.push({customer: number(c), sku: number(s), qty: number(qty), at: day(at)}));
const wanted = readFileSync(`${folder}/a_lookup.csv`, 'utf8').trim().split('\n').slice(1)
  .map((line) => line.trim().split(',').slice(1).join(','));
for (const [name, figure, make] of [['GoRules ZEN', 'zen', zen], ['json-rules-engine', 'jsonrules', jsonRules]]) {
  await verify(name, make(), questions, wanted);
  const value = Math.max(await rate(make, questions, 1), await rate(make, questions, 16));
  console.log(`  ${figure}.lookups_per_s ${Math.round(value).toLocaleString('en')} /s`);
  appendFileSync(figures, JSON.stringify({figure: `${figure}.${size.toLowerCase()}.lookups_per_s`, value, unit: '1/s'}) + '\n');
}
