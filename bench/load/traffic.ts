/**
 * Rooms in which one member sends, first as fast as the others receive (closed loop: a window of messages in flight),
 * then at a steady rate (open loop). Every answer is counted, and every delivery for each member; a missing or
 * additional one fails the job. Payloads are not read: all messages of a job are the same bytes, so wrong order or
 * exchanged messages are not detected.
 */

import { encodeTextFrame, FrameBatch } from './client-frames.ts';
import { nameRoom, openCrowd, prepareJoins, until } from './crowd.ts';
import { DIALECTS, markOf } from './dialect.ts';
import { Histogram } from '../../src/cli/bench/histogram.ts';
import type { Pause, TrafficJob, TrafficResult } from './jobs.ts';
import { measureLoad, toLatency, pidsOf } from './span.ts';
import { speechFrame, speechMarks, type SpeechMarks } from './speech.ts';
import { TalkingRoom, type Seat } from './talking-room.ts';
import type { ClientListener, WireClient } from './wire-client.ts';

/** The deadline for the last messages to arrive, and for clients to join their rooms. */
const SETTLE_MS = 20_000;

export async function runTraffic(job: TrafficJob, pause: Pause): Promise<TrafficResult> {
  const { target, rooms: roomCount, membersPerRoom, speech, window } = job;
  const rooms = Array.from({ length: roomCount }, () => new TalkingRoom(membersPerRoom, job.isBursty));
  const joins = prepareJoins(target, roomCount);
  // Leaving an empty room changes nothing, and its answer comes after all frames that were sent before.
  const { frame, answer } = DIALECTS[target.dialect].leave(nameRoom(roomCount));
  const roundUp = { frame: encodeTextFrame(frame), answerMark: markOf(target.dialect, answer) };
  const isShared = target.isShared === true || target.others !== undefined;
  const crowd = new Listener(speechMarks(target, speech), joins.answerMark, roundUp, isShared);
  // Neighbours are in different rooms, so that all rooms fill evenly.
  const seats = Array.from({ length: roomCount * membersPerRoom }, (_, index) => ({
    room: rooms[index % roomCount] as TalkingRoom,
    roomIndex: index % roomCount,
    heard: 0,
  }));
  const needsRooms = speech.to === 'room';
  const clients = await openCrowd(target, seats, crowd, (client) => {
    if (needsRooms) client.write(joins.frames[client.state.roomIndex] ?? new Uint8Array());
  });
  if (needsRooms) await crowd.until(() => crowd.joined === seats.length);
  for (const [index, room] of rooms.entries()) {
    const speaker = clients[index] as WireClient<Seat>;
    room.speaker = { client: speaker, batch: new FrameBatch(speechFrame(target, speech, index), window) };
  }
  await pause('standing');

  const load = {
    serverPids: pidsOf(target),
    count: () => crowd.count(),
    start() {
      for (const room of rooms) room.open(window);
    },
    async rest() {
      for (const room of rooms) room.open(0);
      await crowd.answered(rooms);
    },
  };
  const span = await measureLoad(load, job, pause);
  const settle = (): Promise<void> => crowd.settled(rooms, clients);
  await settle();
  if (job.steady === undefined) return span;

  const lateness = await speakSteadily(rooms, crowd, job.steady);
  await settle();
  return { ...span, latency: toLatency(crowd.latency), lateness: toLatency(lateness) };
}

/** The last question to each member. */
interface RoundUp {
  readonly frame: Uint8Array;
  readonly answerMark: number;
}

class Listener implements ClientListener<Seat> {
  readonly latency = new Histogram();
  joined = 0;
  /** Whether latencies are recorded. */
  isSteady = false;
  readonly #marks: SpeechMarks;
  readonly #joinMark: number;
  readonly #roundUp: RoundUp;
  readonly #isShared: boolean;
  /** The number of answered round-ups so far. */
  #roundedUp = 0;
  #deliveries = 0;
  #answers = 0;
  #unexpected = 0;
  #lost: string | undefined;

  /** @param isShared Whether several servers share the rooms. */
  constructor(marks: SpeechMarks, joinMark: number, roundUp: RoundUp, isShared: boolean) {
    this.#isShared = isShared;
    if (new Set([marks.delivery, marks.answer, joinMark, roundUp.answerMark]).size < 4)
      throw new RangeError(`a message of this length is like an answer: ${marks.delivery}`);
    this.#marks = marks;
    this.#joinMark = joinMark;
    this.#roundUp = roundUp;
  }

  heard({ state }: WireClient<Seat>, mark: number): void {
    if (mark === this.#marks.delivery) {
      this.#deliveries += 1;
      state.room.heard += 1;
      state.heard += 1;
      if (this.isSteady) this.#time(state);
    } else if (mark === this.#marks.answer) {
      this.#answers += 1;
    } else if (mark === this.#joinMark) {
      this.joined += 1;
    } else if (mark === this.#roundUp.answerMark) {
      this.#roundedUp += 1;
    } else {
      this.#unexpected += 1;
    }
  }

  caughtUp({ state }: WireClient<Seat>): void {
    if (!this.isSteady) state.room.refill();
  }

  lost(_client: WireClient<Seat>, why: string): void {
    this.#lost ??= why;
  }

  /** A message is done when its sender has the answer. */
  count() {
    const done = this.#marks.answer === undefined ? this.#deliveries : this.#answers;
    return { done, deliveries: this.#deliveries };
  }

  /** Resolves to the number of sent messages when all are answered. */
  async answered(rooms: readonly TalkingRoom[]): Promise<number> {
    const said = rooms.reduce((sum, { sent }) => sum + sent, 0);
    await this.until(() => this.count().done >= said);
    return said;
  }

  /**
   * Resolves when all sent messages are answered and were received exactly once. When the sender has its answer, one
   * server has written the message to the socket of each member. So after one more answer to each member, a message that
   * has not been received is lost.
   */
  async settled(rooms: readonly TalkingRoom[], clients: readonly WireClient<Seat>[]): Promise<void> {
    const sent = await this.answered(rooms);
    const due = this.#roundedUp + clients.length;
    for (const client of clients) client.write(this.#roundUp.frame);
    await this.until(() => this.#roundedUp >= due);
    const count = (): number[] => clients.map(({ state: { heard, room } }) => heard - room.sent);
    // Another node may bring it later than the sender has its answer.
    if (this.#isShared) await this.until(() => count().every((each) => each >= 0));
    const surplus = count();
    const lost = surplus.reduce((sum, count) => sum + Math.max(0, -count), 0);
    const tooMany = surplus.reduce((sum, count) => sum + Math.max(0, count), 0);
    if (lost > 0 || tooMany > 0 || this.count().done > sent)
      throw new Error(
        `${lost} deliveries were lost, ${tooMany} too many: ${this.#describe()}, of ${sent} messages`,
      );
  }

  async until(isSo: () => boolean): Promise<void> {
    const isBroken = (): boolean => this.#lost !== undefined || this.#unexpected > 0;
    await until(
      () => isBroken() || isSo(),
      SETTLE_MS,
      () => this.#describe(),
    );
    if (isBroken()) throw new Error(this.#describe());
  }

  /** Members receive the messages of their room in order, so the n-th message is the n-th that was due. */
  #time(seat: Seat): void {
    const due = seat.room.schedule[seat.heard - seat.room.saidBefore - 1];
    if (due === undefined) this.#unexpected += 1;
    else this.latency.record((performance.now() - due) * 1_000);
  }

  #describe(): string {
    const counts = `${this.joined} joins, ${this.#deliveries} deliveries, ${this.#answers} answers`;
    return `${counts}, ${this.#unexpected} unexpected frames, ${this.#lost ?? 'no connection'} lost`;
  }
}

/**
 * Sends messages at a steady rate, each when it is due, even if earlier ones are not done: when a server stalls, all
 * messages due in that time are late. Returns how late the messages were sent.
 */
function speakSteadily(
  rooms: readonly TalkingRoom[],
  crowd: Listener,
  { perSecond, ms }: NonNullable<TrafficJob['steady']>,
): Promise<Histogram> {
  for (const room of rooms) room.saidBefore = room.sent;
  crowd.isSteady = true;
  const lateness = new Histogram();
  const total = Math.floor((perSecond * ms) / 1_000);
  const start = performance.now();
  let sent = 0;
  return new Promise((resolve) => {
    // Timers are too coarse: the time between two messages may be less than a millisecond.
    setImmediate(function speakWhatIsDue() {
      const now = performance.now();
      while (sent < total) {
        const due = start + (sent * 1_000) / perSecond;
        if (due > now) break;
        const room = rooms[sent % rooms.length];
        room?.schedule.push(due);
        room?.say(1);
        lateness.record((now - due) * 1_000);
        sent += 1;
      }
      if (sent === total) resolve(lateness);
      else setImmediate(speakWhatIsDue);
    });
  });
}
