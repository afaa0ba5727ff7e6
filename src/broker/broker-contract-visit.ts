/** What the contract of a broker runs on: nodes that are connected for one test, and samples to publish. */

import assert from 'node:assert/strict';
import type { Json, MemberInfo, Publication } from '../protocol/command.ts';
import { sleep } from '../system/test-framework.ts';
import type { Broker, HistoryQuery, Position, PublishOptions } from './broker.ts';

/** Streams for one test, none at first. */
export interface BrokerPlace {
  /** Connects another node to the same streams. The test closes it. */
  connect(): Promise<Broker>;
  /** Lets time pass for the streams' time to live. Default: really waits. */
  elapse?(ms: number): Promise<void>;
  /** Removes the streams, after the last node was closed. */
  dispose(): Promise<void>;
}

export interface BrokerUnderTest {
  readonly name: string;
  /** Makes the place of one test. */
  createPlace(): Promise<BrokerPlace>;
}

export const MANY = 100;
export const STEPS = 300;
export const HOUR_MS = 60 * 60 * 1000;
/** Fixed, so that a failure comes again. */
export const SEED = 20_260_301;

export const ann: MemberInfo = { id: 'c1', user: 'ann' };
export const bob: MemberInfo = { id: 'c2', user: 'bob' };
export const KEEP: PublishOptions = { history: { size: 100, ttlMs: HOUR_MS } };

export const SAMPLES: readonly Json[] = [
  '',
  'text',
  'a\nb|c',
  0,
  -1.5,
  true,
  null,
  [],
  [1, ['2']],
  {},
  { a: { b: null } },
  '🏠',
];

export const ROOM_NAMES = [
  'r',
  'R',
  'r ',
  'r:1',
  '{r}',
  'a/b',
  'a*b?[c]',
  '__proto__',
  '"',
  'комната',
  '🏠',
  'x'.repeat(255),
];

/** Of a stream with the offsets 1 to 9, of which 4 to 9 are kept: a query, and the offsets it selects. */
export const QUERIES: readonly [Omit<HistoryQuery, 'since'> & { since?: number }, number[]][] = [
  [{}, [4, 5, 6, 7, 8, 9]],
  [{ limit: 2 }, [4, 5]],
  [{ limit: 0 }, []],
  [{ since: 6 }, [7, 8, 9]],
  [{ since: 6, limit: 2 }, [7, 8]],
  [{ since: 1 }, [4, 5, 6, 7, 8, 9]],
  [{ since: 9 }, []],
  [{ since: 99 }, []],
  [{ reverse: true }, [9, 8, 7, 6, 5, 4]],
  [{ reverse: true, limit: 2 }, [9, 8]],
  [{ reverse: true, limit: 0 }, []],
  [{ reverse: true, since: 7 }, [6, 5, 4]],
  [{ reverse: true, since: 7, limit: 1 }, [6]],
  [{ reverse: true, since: 4 }, []],
];

/** A node of a test, and what its listener was told. */
interface Node {
  readonly broker: Broker;
  readonly heard: Publication[];
  readonly said: [Json, MemberInfo | undefined][];
  readonly told: string[];
}

export interface Visit {
  /** Connects a node that hears these rooms. */
  readonly node: (...rooms: string[]) => Promise<Node>;
  readonly elapse: (ms: number) => Promise<void>;
}

export async function visitPlace(
  subject: BrokerUnderTest,
  body: (visit: Visit) => Promise<void>,
): Promise<void> {
  const place = await subject.createPlace();
  const brokers: Broker[] = [];
  try {
    await body({
      elapse: (ms) => place.elapse?.(ms) ?? sleep(ms),
      async node(...rooms) {
        const broker = await place.connect();
        brokers.push(broker);
        const node: Node = { broker, heard: [], said: [], told: [] };
        broker.attach({
          publication: (publication) => void node.heard.push(publication),
          broadcast: (data, from) => void node.said.push([data, from]),
          joined: (room, { user }) => void node.told.push(`joined ${room} ${user}`),
          left: (room, { user }) => void node.told.push(`left ${room} ${user}`),
        });
        for (const room of rooms) await broker.subscribe(room);
        return node;
      },
    });
  } finally {
    for (const broker of brokers) await broker.close();
    await place.dispose();
  }
}

/** A publication may stand for its position. */
export function assertPosition(position: Position | undefined, { offset, epoch }: Position): void {
  assert.deepEqual({ offset: position?.offset, epoch: position?.epoch }, { offset, epoch });
}

export function offsetsOf(publications: readonly Publication[]): number[] {
  return publications.map(({ offset }) => offset);
}
