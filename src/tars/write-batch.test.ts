import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { required, struct } from './wire/struct.ts';
import { t } from './wire/types.ts';
import { WriteBatch } from './write-batch.ts';

const Note = struct<{ text: string }>('Test.Note', { text: required(0, t.string) });

/** A socket that keeps the written buffers until the test says that the system has sent them. */
class FakeSocket {
  writable = true;
  /** Whether the system sends everything at once. */
  isFlowing = true;
  readonly sent: string[] = [];
  #kept: Uint8Array[] = [];

  get writableLength(): number {
    return this.#kept.reduce((sum, { length }) => sum + length, 0);
  }

  write(bytes: Uint8Array | string): boolean {
    this.#kept.push(bytes as Uint8Array);
    if (this.isFlowing) this.flow();
    return this.isFlowing;
  }

  flow(): void {
    for (const bytes of this.#kept) this.sent.push(Buffer.from(bytes).toString('latin1'));
    this.#kept = [];
  }
}

function open() {
  const socket = new FakeSocket();
  const batch = new WriteBatch(socket);
  const say = (text: string): void => batch.add(Note.writeFrame, { text });
  return { socket, batch, say };
}

const frames = (...texts: string[]): string =>
  texts.map((text) => Buffer.from(Note.encodeFrame({ text })).toString('latin1')).join('');

test('the frames of a turn leave together, also those that its promises cause', async () => {
  const { socket, batch, say } = open();
  say('one');
  void Promise.resolve().then(() => say('two'));
  process.nextTick(() => say('three'));
  expect(socket.sent).toEqual([]);
  expect(batch.unsentBytes).toBe(frames('one').length);
  await nextTurn();
  expect(socket.sent).toEqual([frames('one', 'two', 'three')]);
  expect(batch.unsentBytes).toBe(0);
  say('four');
  await nextTurn();
  expect(socket.sent).toEqual([frames('one', 'two', 'three'), frames('four')]);
});

test('a frame that cannot be written leaves nothing behind', async () => {
  const { socket, batch, say } = open();
  say('one');
  expect(() => batch.add(Note.writeFrame, { text: 1 as never })).toThrow('Test.Note.text');
  say('two');
  await nextTurn();
  expect(socket.sent).toEqual([frames('one', 'two')]);
});

test('a long batch leaves before the turn ends', () => {
  const { socket, say } = open();
  const long = 'x'.repeat(70_000);
  say('short');
  say(long);
  expect(socket.sent).toEqual([frames('short', long)]);
});

test('nothing is written to a socket that has closed', async () => {
  const { socket, batch, say } = open();
  say('lost');
  socket.writable = false;
  await nextTurn();
  expect(socket.sent).toEqual([]);
  expect(batch.unsentBytes).toBe(0);
});

test('what a socket could not send yet stays as it is, whatever is written meanwhile', async () => {
  const turns = fc.array(fc.record({ texts: fc.array(fc.string()), isFlowing: fc.boolean() }));
  await fc.assert(
    fc.asyncProperty(turns, async (turns) => {
      const [one, other] = [open(), open()];
      for (const { texts, isFlowing } of turns) {
        one.socket.isFlowing = isFlowing;
        if (isFlowing) one.socket.flow();
        for (const text of texts) {
          one.say(text);
          other.say(`${text} to somebody else`);
        }
        await nextTurn();
      }
      one.socket.flow();
      expect(one.socket.sent.join('')).toBe(frames(...turns.flatMap(({ texts }) => texts)));
    }),
  );
});
