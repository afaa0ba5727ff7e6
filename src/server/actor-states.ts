/** The states of a server's machines as text, for operators. */

import type { Backends } from '../actors/backend/backends.ts';
import type { Directory } from '../actors/directory.ts';
import type { Servants } from '../actors/servant/servants.ts';
import { formatEndpoint } from '../tars/client/endpoint.ts';
import { describeStates } from './servants/servant-links.ts';
import type { RedisParts } from './nodes/redis-parts.ts';
import type { Webhooks } from './webhooks/create-webhooks.ts';
import type { ServerLife } from './server-life.ts';
import { raiseCount } from '../system/raise-count.ts';

export interface ActorStatesInput {
  readonly life: Pick<ServerLife, 'state'>;
  readonly directory: Pick<Directory, 'connections' | 'rooms'>;
  readonly servants: Pick<Servants, 'states' | 'proxies'>;
  readonly backends: Pick<Backends, 'backends' | 'questions'>;
  readonly webhooks: Pick<Webhooks, 'health'>;
  readonly redis: RedisParts | undefined;
}

/** By what it is: its state, or how many are in which state. */
export type ActorStates = Readonly<Record<string, string>>;

export function createActorStates({
  life,
  directory,
  servants,
  backends,
  webhooks,
  redis,
}: ActorStatesInput): () => ActorStates {
  return () => {
    const { connections, rooms } = directory;
    return {
      server: life.state,
      connections: countStates([...connections.values()].map((actor) => actor.getSnapshot().value)),
      rooms: countStates([...rooms.values()].map(({ snapshot }) => snapshot?.value ?? 'restarting')),
      ...describeServants(servants),
      ...describeBackends(backends),
      ...Object.fromEntries(
        Object.entries(webhooks.health()).map(([name, { state }]) => [`webhook ${name}`, state]),
      ),
      ...Object.fromEntries(
        (redis?.links.states() ?? []).map(({ address, state }) => [`redis ${address}`, state]),
      ),
    };
  };
}

/** `open 12, closing 1`, by the outermost states. */
function countStates(values: readonly unknown[]): string {
  const counts = new Map<string, number>();
  for (const value of values) raiseCount(counts, outermost(value));
  return [...counts].map(([state, count]) => `${state} ${count}`).join(', ') || 'none';
}

function outermost(value: unknown): string {
  return typeof value === 'object' && value !== null ? Object.keys(value).join(' ') : String(value);
}

/** Nothing where no backend was asked so far. */
function describeBackends({ backends, questions }: ActorStatesInput['backends']): Record<string, string> {
  const values = Object.fromEntries(
    [...backends].map(([name, actor]) => [`backend ${name}`, actor.getSnapshot().value as unknown]),
  );
  if (backends.size === 0 && questions.size === 0) return {};
  const asked = countStates([...questions.values()].map((actor) => actor.getSnapshot().value));
  return { questions: asked, ...describeStates(values) };
}

function describeServants({ states, proxies }: ActorStatesInput['servants']): Record<string, string> {
  const described: Record<string, string> = {};
  for (const [name, state] of Object.entries(describeStates(states()))) {
    described[`servant ${name}`] = state;
    const endpoints = proxies.get(name)?.getSnapshot().context.link.endpoints?.() ?? [];
    for (const { isConnected, circuit, ...endpoint } of endpoints) {
      described[`servant ${name} at ${formatEndpoint(endpoint)}`] =
        `${isConnected ? 'connected' : 'not connected'}, circuit ${circuit}`;
    }
  }
  return described;
}
