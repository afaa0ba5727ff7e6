/** Clients that join and leave a room again and again, beside members who stay. */

import { encodeTextFrame, FrameBatch } from './client-frames.ts';
import { nameRoom, openCrowd, prepareJoins, until } from './crowd.ts';
import { DIALECTS, markOf } from './dialect.ts';
import { Histogram } from '../../src/cli/bench/histogram.ts';
import type { ChurnJob, ChurnResult, Pause } from './jobs.ts';
import { measureLoad, toLatency, pidsOf } from './span.ts';
import type { ClientListener, WireClient } from './wire-client.ts';

const SETTLE_MS = 20_000;

interface Visitor {
  readonly room: number;
  /** Many joins and leaves; residents have none. */
  readonly visits: FrameBatch | undefined;
  sent: number;
  left: number;
  askedAt: number;
}

export async function runChurn(job: ChurnJob, pause: Pause): Promise<ChurnResult> {
  const { target, clients: visitorCount, rooms, residentsPerRoom, window } = job;
  const words = DIALECTS[target.dialect];
  const joins = prepareJoins(target, rooms);
  const leaveMark = markOf(target.dialect, words.leave(nameRoom(0)).answer);
  const latency = new Histogram();
  let joined = 0;
  let left = 0;
  let unexpected = 0;
  let lost: string | undefined;
  let isOpen = false;

  function refill(client: WireClient<Visitor>): void {
    const { state } = client;
    if (!isOpen || state.visits === undefined) return;
    const count = window - (state.sent - state.left);
    if (count <= 0) return;
    state.sent += count;
    state.askedAt = performance.now();
    client.write(state.visits.take(count));
  }
  const listener: ClientListener<Visitor> = {
    heard({ state }, mark) {
      if (mark === joins.answerMark) {
        joined += 1;
        if (window === 1 && state.visits !== undefined)
          latency.record((performance.now() - state.askedAt) * 1_000);
      } else if (mark === leaveMark) {
        left += 1;
        state.left += 1;
      } else {
        unexpected += 1;
      }
    },
    caughtUp: refill,
    lost: (_client, why) => (lost ??= why),
  };
  const isBroken = (): boolean => lost !== undefined || unexpected > 0;
  const describe = (): string =>
    `${joined} joins, ${left} leaves, ${unexpected} unexpected frames, ${lost ?? 'no connection'} lost`;
  async function reached(isSo: () => boolean): Promise<void> {
    await until(() => isBroken() || isSo(), SETTLE_MS, describe);
    if (isBroken()) throw new Error(describe());
  }

  const visits = Array.from({ length: rooms }, (_, room) => {
    const asks = [words.join(nameRoom(room)), words.leave(nameRoom(room))];
    return new FrameBatch(Buffer.concat(asks.map(({ frame }) => encodeTextFrame(frame))), window);
  });
  const residents = rooms * residentsPerRoom;
  const states = Array.from({ length: residents + visitorCount }, (_, index): Visitor => {
    const room = index % rooms;
    return { room, visits: index < residents ? undefined : visits[room], sent: 0, left: 0, askedAt: 0 };
  });
  const all = await openCrowd(target, states, listener, (client) => {
    if (client.state.visits === undefined) client.write(joins.frames[client.state.room] ?? new Uint8Array());
  });
  await reached(() => joined === residents);
  await pause('standing');

  const load = {
    serverPids: pidsOf(target),
    count: () => ({ done: left, deliveries: 0 }),
    start() {
      isOpen = true;
      for (const client of all) refill(client);
    },
    async rest() {
      isOpen = false;
      const sent = states.reduce((sum, state) => sum + state.sent, 0);
      await reached(() => left === sent && joined === sent + residents);
    },
  };
  const span = await measureLoad(load, job, pause);
  return window === 1 ? { ...span, joinLatency: toLatency(latency) } : span;
}
