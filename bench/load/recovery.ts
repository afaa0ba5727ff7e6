/** All clients lose their connections, rooms go on without them, and all come back and get what they have missed. */

import { encodeTextFrame, FrameBatch } from './client-frames.ts';
import { nameRoom, openCrowd, until } from './crowd.ts';
import { DIALECTS, markOf } from './dialect.ts';
import type { Pause, RecoveryJob, Span } from './jobs.ts';
import { gatherMembers } from './members.ts';
import { beginSpan, pidsOf } from './span.ts';
import { speechFrame, speechMarks } from './speech.ts';
import { openClient, type ClientListener, type Target } from './wire-client.ts';

const SETTLE_MS = 60_000;

export async function runRecovery(job: RecoveryJob, pause: Pause): Promise<Span> {
  const { target, clients, rooms, missed, bytes } = job;
  const before = await gatherMembers(target, clients, rooms);
  await pause('standing');
  before.check();
  for (const client of before.clients) client.drop();
  await sayInAll(job);

  const words = DIALECTS[target.dialect];
  const asks = Array.from({ length: rooms }, (_, index) => words.recover?.(nameRoom(index)));
  if (asks.includes(undefined)) throw new Error(`${target.dialect} has no recovery`);
  const frames = asks.map((ask) => encodeTextFrame(ask?.frame ?? ''));
  const mark = markOf(target.dialect, asks[0]?.answer ?? '');
  let back = 0;
  let lost: string | undefined;
  const listener: ClientListener<number> = {
    heard(_client, heard, length) {
      // All that was missed is in the answer.
      if (heard === mark && length > missed * bytes) back += 1;
      else lost ??= `an answer of ${length} bytes was no recovery`;
    },
    caughtUp: () => undefined,
    lost: (_client, why) => (lost ??= why),
  };
  const endSpan = beginSpan(pidsOf(target), () => ({ done: back, deliveries: back * missed }));
  const states = Array.from({ length: clients }, (_, index) => index % rooms);
  await openCrowd(target, states, listener, (client) =>
    client.write(frames[client.state] ?? new Uint8Array()),
  );
  await until(
    () => back === clients || lost !== undefined,
    SETTLE_MS,
    () => `${back} of ${clients} have recovered`,
  );
  if (lost !== undefined) throw new Error(lost);
  return endSpan();
}

/** Publishes in every room, and resolves when all is answered. */
async function sayInAll({ target, rooms, missed, bytes }: RecoveryJob): Promise<void> {
  const speech = { to: 'room', bytes } as const;
  const { answer } = speechMarks(target, speech);
  let answered = 0;
  let lost: string | undefined;
  const publisher = await openClient<Target>(target, target, {
    heard(_client, mark) {
      if (mark === answer) answered += 1;
      else lost ??= 'a message was refused';
    },
    caughtUp: () => undefined,
    lost: (_client, why) => (lost ??= why),
  });
  for (let room = 0; room < rooms; room += 1) {
    publisher.write(new FrameBatch(speechFrame(target, speech, room), missed).take(missed));
  }
  await until(
    () => answered === rooms * missed || lost !== undefined,
    SETTLE_MS,
    () => `${answered} messages are answered`,
  );
  publisher.drop();
  if (lost !== undefined) throw new Error(lost);
}
