/** Checks that the tables in docs/architecture.md list exactly the states of the machines. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { backendMachine } from '../src/actors/backend/backend.ts';
import { questionMachine } from '../src/actors/backend/question.ts';
import { connectionMachine } from '../src/actors/connection/connection.ts';
import { membershipMachine } from '../src/actors/room/membership.ts';
import { moderationMachine } from '../src/actors/room/moderation.ts';
import { roomMachine } from '../src/actors/room/room.ts';
import { serverMachine } from '../src/actors/server/server.ts';
import { redisLinkMachine } from '../src/actors/redis/redis-link.ts';
import { workerMachine } from '../src/workers/primary/worker-machine.ts';
import { deliveryMachine } from '../src/actors/webhook/delivery.ts';
import { tarsProxyMachine } from '../src/actors/servant/tars-proxy.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/architecture.md'), 'utf8');

/** The last cell of the row whose first cell is this one. */
function lastCell(first: string): string {
  const row = page.split('\n').find((line) => line.startsWith(`| ${first} |`)) ?? '';
  return row.split('|').at(-2) ?? '';
}

interface StateNode {
  readonly states: Readonly<Record<string, StateNode>>;
}

/** The names of all states inside a node, except those of a region with its own rows. */
function stateNames(node: StateNode, leftOut?: string): string[] {
  return Object.entries(node.states).flatMap(([name, state]) =>
    name === leftOut ? [name] : [name, ...stateNames(state, leftOut)],
  );
}

const { active } = (roomMachine.root as StateNode).states;
const regions = Object.entries(active?.states ?? {});

test.each<[string, StateNode]>([
  ['`server`', serverMachine.root],
  ['`connection`', connectionMachine.root],
  ['`membership`', membershipMachine.root],
  ['`moderation`', moderationMachine.root],
  ['`room`', roomMachine.root],
  ['`question`', questionMachine.root],
  ['`backend`', backendMachine.root],
  ['`tarsProxy`', tarsProxyMachine.root],
  ['`delivery`', deliveryMachine.root],
  ['`redisLink`', redisLinkMachine.root],
  ['`worker`', workerMachine.root],
  ...regions,
])('the row of %s has its states and no other', (first, root) => {
  const words = new Set(lastCell(first).match(/[a-z]+/gi));
  expect(words).toEqual(new Set(stateNames(root, 'active')));
});

test('a room in memory has the regions of the second table', () => {
  expect(regions.map(([name]) => name)).toEqual(['occupancy', 'absence', 'broadcast', 'journal']);
});
