/** `npm run simulate -- 2 10 100`: what so many nodes say to each other on one Redis. */

import { alignTable } from '../results/format.ts';
import { simulate, type Cost } from './simulate.ts';

const given = process.argv.slice(2).map(Number);
const counts = given.length > 0 ? given : [2, 10, 100];
if (!counts.every((count) => Number.isSafeInteger(count) && count >= 2)) {
  console.error('give the numbers of nodes, each 2 or more: npm run simulate -- 2 10 100');
  process.exit(2);
}

const rows = [
  ['nodes', 'idle/s', 'an order', 'a question', 'heard by all', 'heard by two', 'dead after', 'faults'],
];
for (const count of counts) {
  const { idle, order, question, everywhere, onTwo, deadAfterSeconds, faults } = await simulate(count);
  rows.push([
    String(count),
    ...[idle, order, question, everywhere, onTwo].map(describeCost),
    `${deadAfterSeconds} s`,
    String(faults),
  ]);
}
console.log('commands + messages brought:');
console.log(alignTable(rows));

function describeCost({ calls, deliveries }: Cost): string {
  return `${round(calls)} + ${round(deliveries)}`;
}

function round(count: number): string {
  return String(Math.round(count * 10) / 10);
}
