/**
 * The part of the transport contract about order, with random steps: whatever is sent, published and closed while frames of
 * several clients are handled, each client gets the frames that it would get if each were sent at once.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { encodeOnce, readFrame, readText, type Frame, type Text } from '../../protocol/text.ts';
import type { Transport } from '../common/transport.ts';
import type { InMemoryClient } from '../in-memory-socket.ts';
import { connectTo, KIBIBYTE } from './contract-client.ts';
import type { Peer, RunningTransport, Server, StartServer } from './contract-server.ts';

const CLIENTS = 4;
const ROOMS = ['news', 'Räume/é'];
const ENCODED_ROOMS = ROOMS.map(encodeOnce);

type Step =
  | { readonly type: 'publish'; readonly room: number; readonly isEncoded: boolean; readonly isLong: boolean }
  /** `own` steps are about the client whose frame is handled, others about the client of this number. */
  | { readonly type: 'send' | 'sendSoon' | 'joinSoon' | 'close'; readonly client: number | 'own' }
  | { readonly type: 'subscribe' | 'unsubscribe'; readonly room: number; readonly client: number | 'own' };

/** Steps that one frame of a client causes: at once, after them in a promise job, and in the next turn. */
interface Said {
  readonly by: number;
  readonly steps: readonly Step[];
  readonly soon: readonly Step[];
  readonly later: readonly Step[];
}

const room = fc.nat(ROOMS.length - 1);
const client = fc.oneof(
  { weight: 3, arbitrary: fc.constant('own' as const) },
  { weight: 2, arbitrary: fc.nat(CLIENTS - 1) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('publish' as const),
      room,
      isEncoded: fc.boolean(),
      isLong: fc.integer({ min: 0, max: 30 }).map((number) => number === 0),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constantFrom('send' as const, 'sendSoon', 'joinSoon'), client }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constantFrom('subscribe' as const, 'unsubscribe'), room, client }),
  },
);
const lastStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 30, arbitrary: step },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('close' as const), client }) },
);
const rarely = fc.oneof(
  { weight: 4, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(step, { maxLength: 3 }) },
);
const said: fc.Arbitrary<Said> = fc.record({
  by: fc.nat(CLIENTS - 1),
  steps: fc.tuple(fc.array(step, { maxLength: 4 }), lastStep).map(([steps, last]) => [...steps, last]),
  soon: rarely,
  later: rarely,
});
/** All frames of a volley are written at once. After it, some seconds pass: a transport may do things at intervals. */
const volleys = fc.array(
  fc.record({ said: fc.array(said, { minLength: 1, maxLength: 30 }), seconds: fc.nat(2) }),
  { minLength: 1, maxLength: 4 },
);

const LONG = 'x'.repeat(20 * KIBIBYTE);
const join = (frames: readonly Frame[]): string => frames.map((frame) => readText(frame as Text)).join('+');

const RUNS = 30;

export function describeOrder(start: StartServer): void {
  test('each client gets its frames in the order of what happened, whatever leaves together', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    await fc.assert(
      fc.asyncProperty(volleys, async (all) => {
        const play = new Play();
        const server = await start(
          { message: ({ peer }, frame) => play.heard(peer, readFrame(frame) ?? '') },
          { sendQueueBytes: 16 * KIBIBYTE * KIBIBYTE },
        );
        try {
          await play.begin(server);
          for (const { said, seconds } of all) {
            play.say(said);
            await play.rest();
            for (let second = 0; second < seconds; second += 1) vi.advanceTimersByTime(1_000);
          }
          const { seen, expected } = await play.end();
          expect(seen).toEqual(expected);
          expect(server.failures.items).toEqual([]);
        } finally {
          await server.transport.close();
        }
      }),
      { numRuns: RUNS },
    );
  });
}

/** The real transport, and beside it what its clients should get. */
class Play {
  readonly #clients: InMemoryClient[] = [];
  readonly #peers: Peer[] = [];
  readonly #rooms = ROOMS.map(() => new Set<number>());
  readonly #expected: string[][] = [];
  readonly #said: Said[] = [];
  #transport: Transport | undefined;
  #texts = 0;
  #isLater = 0;
  #marks = 0;
  readonly #markOf: number[] = [];

  async begin(server: RunningTransport & Server): Promise<void> {
    this.#transport = server.transport;
    for (let index = 0; index < CLIENTS; index += 1) {
      const { client, peer } = await connectTo(server);
      this.#clients.push(client);
      this.#peers.push(peer);
      this.#expected.push([]);
      this.#markOf.push(0);
      for (const [number, name] of ROOMS.entries()) {
        peer.socket.subscribe(name);
        this.#rooms[number]?.add(index);
      }
    }
  }

  say(volley: readonly Said[]): void {
    for (const each of volley) {
      this.#said.push(each);
      this.#clients[each.by]?.send(String(this.#said.length - 1));
    }
  }

  /** Until what was said has happened. */
  async rest(): Promise<void> {
    this.#marks += 1;
    for (const client of this.#clients) client.send('mark');
    const isHeard = (): boolean =>
      this.#peers.every(({ socket }, index) => !socket.isOpen || this.#markOf[index] === this.#marks);
    while (this.#isLater > 0 || !isHeard()) await nextTurn();
  }

  heard(peer: Peer | undefined, frame: string): void {
    const own = this.#peers.findIndex((each) => each === peer);
    if (frame === 'mark') {
      this.#markOf[own]! += 1;
      return;
    }
    const { steps, soon, later } = this.#said[Number(frame)]!;
    for (const step of steps) this.#do(step, own);
    if (soon.length > 0) void Promise.resolve().then(() => soon.forEach((step) => this.#do(step, own)));
    if (later.length === 0) return;
    this.#isLater += 1;
    setImmediate(() => {
      for (const step of later) this.#do(step, own);
      this.#isLater -= 1;
    });
  }

  /** What clients have got, and what they should: how they closed, and their frames, those that may be joined one by one. */
  async end(): Promise<{ readonly seen: unknown[]; readonly expected: unknown[] }> {
    const seen: unknown[] = [];
    const expected: unknown[] = [];
    for (const [index, { socket }] of this.#peers.entries()) {
      const client = this.#clients[index]!;
      if (socket.isOpen) {
        socket.send('end');
        while ((await client.nextFrame()) !== 'end');
      } else {
        seen.push(await client.closed);
        expected.push({ code: 4000, reason: 'done' });
      }
      seen.push(client.frames.filter((frame) => frame !== 'end').flatMap((frame) => frame.split('+')));
      expected.push(this.#expected[index]);
    }
    return { seen, expected };
  }

  #do(step: Step, own: number): void {
    if (step.type === 'publish') {
      const { room, isEncoded, isLong } = step;
      const text = this.#write(isLong ? `p${LONG}` : 'p');
      const topic: Text = (isEncoded ? ENCODED_ROOMS : ROOMS)[room]!;
      this.#transport?.publish(topic, isEncoded ? encodeOnce(text) : text);
      for (const index of this.#rooms[room]!) this.#expect(index, text);
      return;
    }
    const index = step.client === 'own' ? own : step.client;
    const { socket } = this.#peers[index]!;
    switch (step.type) {
      case 'send': {
        const text = this.#write('a');
        this.#expect(index, text);
        socket.send(text);
        return;
      }
      case 'sendSoon':
      case 'joinSoon': {
        const text = this.#write('s');
        this.#expect(index, text);
        socket.sendSoon(text, step.type === 'joinSoon' ? join : undefined);
        return;
      }
      case 'subscribe':
        socket.subscribe(ROOMS[step.room]!);
        if (socket.isOpen) this.#rooms[step.room]?.add(index);
        return;
      case 'unsubscribe':
        socket.unsubscribe(ROOMS[step.room]!);
        this.#rooms[step.room]?.delete(index);
        return;
      case 'close':
        socket.close(4000, 'done');
        for (const members of this.#rooms) members.delete(index);
    }
  }

  #write(kind: string): string {
    this.#texts += 1;
    return `${this.#texts}${kind}`;
  }

  #expect(index: number, text: string): void {
    if (this.#peers[index]?.socket.isOpen) this.#expected[index]?.push(text);
  }
}
