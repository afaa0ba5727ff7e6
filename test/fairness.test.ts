/** A client that sends very much at once has its share of the server, and others have theirs. */

import { describe, expect, test } from 'vitest';
import { sendByRoom } from './support/line-client.ts';
import { openCentrifuge } from './support/centrifuge-client.ts';
import { startServer } from './support/start-server.ts';
import { TRANSPORTS } from './support/transports.ts';

/** Fewer than may wait while a room is opened. */
const COUNT = 3_000;

/** What one client floods with, and how many answers it gets. */
const FLOODS: readonly [name: string, frames: readonly string[], answers: number][] = [
  ['joins and leaves', repeat(COUNT, (n) => (n % 2 === 0 ? 'subscribe|a' : 'unsubscribe|a')), COUNT],
  ['messages to its room', repeat(COUNT, () => sendByRoom('a', 'hi')), COUNT],
  ['messages to other rooms', repeat(COUNT, (n) => sendByRoom(`room${n}`, 'hi')), COUNT],
  ['commands that nobody knows', repeat(COUNT, () => 'x'), COUNT],
];

function repeat(count: number, frame: (n: number) => string): string[] {
  return Array.from({ length: count }, (_, n) => frame(n));
}

describe.each(TRANSPORTS)('on %s', (transport) => {
  test.each(FLOODS)(
    'a flood of %s is answered in order, and does not keep others waiting',
    async (_, frames, answers) => {
      const { connect } = await startServer({ transport });
      const [loud, quiet] = [await connect(), await connect()];
      loud.send(...frames);
      expect(await quiet.ask('ping')).toBe('pong');
      expect(loud.frames.length).toBeLessThan(answers);
      expect(await loud.take(answers)).toHaveLength(answers);
    },
  );

  test('joins that come with connect are done in turns with others', async () => {
    const running = await startServer({ transport, limits: { roomsPerConnection: COUNT } });
    const [loud, quiet] = [await openCentrifuge(running), await running.connect()];
    const rooms = repeat(COUNT, (n) => `room${n}`);
    loud.send({ connect: {} }, ...rooms.map((channel) => ({ subscribe: { channel } })));
    expect(await quiet.ask('ping')).toBe('pong');
    expect(loud.messages.length).toBeLessThan(COUNT);
    expect(await loud.reply(COUNT + 1)).toEqual({ id: COUNT + 1, subscribe: {} });
  });
});
