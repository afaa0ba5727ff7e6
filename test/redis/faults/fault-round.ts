/**
 * Several nodes with clients of all kinds, and a fault at a moment that is chosen at random. Afterwards, clients have seen
 * every acknowledged publication once and in order, or were told that they have missed something; presence tells the truth;
 * and of each member that was lost one leave was told.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { SECRET } from '../../../src/auth/token-harness.ts';
import { ask } from '../../support/api-request.ts';
import { prepareNodes, type Nodes } from '../../support/nodes.ts';
import type { RunningProcess } from '../../support/start-process.ts';
import { startReceiver, withoutRepeats, type ReceivedEvent } from '../../support/webhook-receiver.ts';
import { ObservedRoom } from './observed-room.ts';
import type { Way } from './observer.ts';

/** Longer than the lease of a node, and than webhooks take. */
const SETTLE_MS = 30_000;
const LOOK_MS = 250;
const ROOM = 'observed';

/** The position and the stream of the room, with the prefix that nodes have if nothing else is said. */
export const POSITION_KEY = `statecast:pos:{${ROOM}}`;
export const STREAM_KEY = `statecast:stream:{${ROOM}}`;

/** What is different from round to round. */
export interface Choice {
  readonly nodes: number;
  readonly durability: 'relaxed' | 'strict';
  /** Of the clients; each second one is a user. */
  readonly ways: readonly Way[];
  /**
   * Whether clients lose their network meanwhile. Not where others take over a node that goes on: it tells of those who have
   * left it before it notices, and so do they. Nor where Redis comes back with less than it had: those who have left are
   * listed again for a minute.
   */
  readonly losesClients: boolean;
}

export interface Round {
  readonly choice: Choice;
  /** Of all nodes, besides those of the round. */
  readonly settings: object;
  /** What one more node is given. */
  env(): Promise<Record<string, string>>;
  act(place: Place): Promise<void>;
}

export interface Place {
  readonly nodes: Nodes;
  startNode(): Promise<RunningProcess>;
  /** A user joins by this node, is answered, and stays a member when the node ends. */
  join(user: string, node: RunningProcess): Promise<void>;
}

export function chooseAny(): Choice {
  const ways = ['websocket', 'http_stream', 'sse'] as const;
  return {
    nodes: 2 + random(2),
    durability: random(2) === 0 ? 'relaxed' : 'strict',
    ways: Array.from({ length: 4 }, () => ways[random(ways.length)]!),
    losesClients: true,
  };
}

/** Returns what is wrong after the fault, one sentence each. */
export async function runRound({ choice, settings, env, act }: Round): Promise<readonly string[]> {
  const receiver = await startReceiver();
  const nodes = prepareNodes({
    auth: { insecure: true, hmacSecret: SECRET, anonymous: true },
    membership: { durability: choice.durability, reconnectSeconds: 600 },
    webhooks: [{ name: 'members', url: receiver.url, secret: SECRET, events: ['member.*'] }],
    ...settings,
  });
  const startNode = async () => nodes.start(await env());
  const first = await startNode();
  while (nodes.all.length < choice.nodes) await startNode();
  const room = new ObservedRoom(ROOM);
  const nodeOf = (index: number) => nodes.all[index % nodes.all.length] ?? first;
  const observe = (way: Way, user: string | undefined, node: RunningProcess) =>
    room.observe({ way, user, node, nodes: () => nodes.all });
  for (const [index, way] of choice.ways.entries()) {
    // Users are at more than one node.
    await observe(way, index % 2 === 0 ? undefined : `user ${index % 4}`, nodeOf(index >> 1));
  }
  const stored: string[] = [];
  const hasty = new Set<string>();
  const lost = [
    await observe('websocket', undefined, nodeOf(random(9))),
    await observe('websocket', 'lost user', nodeOf(random(9))),
  ];
  const speaking = Promise.all([room.speak(() => nodes.all, 1), room.speak(() => nodes.all, 5)]);
  await sleep(300 + random(300));
  const losing = sleep(random(1_000)).then(() => {
    if (choice.losesClients) for (const observer of lost) observer.lose();
  });
  await act({
    nodes,
    startNode,
    async join(user, node) {
      const observer = await observe('websocket', user, node);
      observer.isLost = true;
      stored.push(user);
      hasty.add(observer.clientId);
    },
  });
  await losing;
  await sleep(700);
  room.stop();
  await speaking;
  const wrong = await room.check();
  const compare = async (): Promise<string[]> => [
    ...(await compareMembers(nodes, room, stored)),
    ...compareEvents(receiver.taken(), room, await readAway(nodes), hasty),
  ];
  let left = await compare();
  for (let waited = 0; waited < SETTLE_MS && left.length > 0; waited += LOOK_MS) {
    await sleep(LOOK_MS);
    left = await compare();
  }
  await end(nodes);
  await receiver.close();
  return [...wrong, ...left];
}

/** Many rounds run in one test. */
async function end(nodes: Nodes): Promise<void> {
  await Promise.all([...nodes.all].map((node) => nodes.kill(node)));
}

interface Listed {
  readonly id: string;
  readonly user?: string;
  readonly state: string;
}

/** Whether each node knows who is there, and which users are away. */
async function compareMembers(
  { all }: Nodes,
  { present }: ObservedRoom,
  stored: readonly string[],
): Promise<string[]> {
  const ids = present.map(({ clientId }) => clientId);
  const users = new Set([...stored, ...present.flatMap(({ user = [] }) => user)]);
  const faults = all.map(async (node, index) => {
    const found = await readPresent(node);
    const known = new Set((await readMembers(node)).map(({ user }) => user));
    return [
      ...found.filter((id) => !ids.includes(id)).map((id) => `${id} is a ghost for node ${index}`),
      ...ids.filter((id) => !found.includes(id)).map((id) => `${id} is missing for node ${index}`),
      ...[...users]
        .filter((user) => !known.has(user))
        .map((user) => `${user} is no member for node ${index}`),
    ];
  });
  return (await Promise.all(faults)).flat();
}

/**
 * Whether one leave was told for each join of a member that is not there any more.
 * @param hasty Members whose node may have ended between the answer to their join and its webhook: neither of the two may be told.
 */
function compareEvents(
  events: readonly ReceivedEvent[],
  { present }: ObservedRoom,
  away: readonly string[],
  hasty: ReadonlySet<string>,
): string[] {
  const told = withoutRepeats(events);
  const count = (type: string, id: string): number =>
    told.filter((event) => event.type === type && event.client === id).length;
  const here = new Set([...present.map(({ clientId }) => clientId), ...away]);
  const known = new Set([...told.map(({ client = '' }) => client), ...here]);
  return [...known].flatMap((id) => {
    const joined = count('member.joined', id) + count('member.back', id);
    const left = count('member.left', id);
    // Who has missed something leaves and joins again.
    const expected = joined - (here.has(id) ? 1 : 0);
    const isUntold = hasty.has(id) && joined === 0 && left === 0;
    return left === expected || isUntold ? [] : [`${left} leaves and ${joined} joins of ${id} were told`];
  });
}

async function readAway({ all }: Nodes): Promise<string[]> {
  const members = await Promise.all(all.slice(0, 1).map(readMembers));
  return members.flat().flatMap(({ id, state }) => (state === 'away' ? id : []));
}

async function readMembers({ request }: RunningProcess): Promise<readonly Listed[]> {
  const { status, body } = await request(`/presence?roomNum=${ROOM}`);
  if (status !== 200) return [];
  return (JSON.parse(body) as { members: Listed[] }).members;
}

async function readPresent(node: RunningProcess): Promise<string[]> {
  const { result } = (await ask(node, 'presence', { channel: ROOM })) as {
    // Absent when Redis cannot be asked now.
    result?: { presence: Record<string, unknown> };
  };
  return Object.keys(result?.presence ?? {});
}

export function random(below: number): number {
  return Math.floor(Math.random() * below);
}
