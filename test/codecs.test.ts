/** A user's own protocol, on real sockets and beside the line protocol. */

import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Command } from '../src/index.ts';
import { lineCodec } from '../src/protocol/line/line-codec.ts';
import { lineJsonCodec } from '../src/protocol/line/line-json-codec.ts';
import { Inbox } from '../src/system/inbox-harness.ts';
import { describeCodec } from '../src/testing.ts';
import { createGate } from './support/gate.ts';
import { startServer } from './support/start-server.ts';
import { toyCodec, writeToy } from './support/toy-codec.ts';

function writeLine(command: Command): string {
  const { type } = command;
  if (type === 'room.join') return `subscribe|${command.room}`;
  if (type === 'room.leave') return `unsubscribe|${command.room}`;
  if (type === 'room.publish')
    return `sendByRoom|${JSON.stringify({ roomNum: command.room, message: command.data })}`;
  return 'ping';
}

const framework = { describe, test };
describeCodec(framework, { name: 'the line protocol', codec: lineCodec, write: writeLine });
describeCodec(framework, { name: 'the line protocol with JSON', codec: lineJsonCodec, write: writeLine });
describeCodec(framework, { name: 'the toy protocol', codec: toyCodec, write: writeToy });

/** A client of the toy protocol. `take` returns whole frames, of one or more lines. */
async function connectToy(port: number, protocols: string[] = []) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/toy`, protocols);
  const inbox = new Inbox<string>();
  const closed = once(socket, 'close').then(([code]) => code as number);
  socket.on('message', (data: Buffer) => inbox.push(data.toString()));
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  return {
    protocol: socket.protocol,
    closed,
    send: (...commands: Command[]) => socket.send(writeToy(...commands)),
    sendText: (text: string) => socket.send(text),
    take: async () => (await inbox.next()).split('\n').map((line) => JSON.parse(line) as unknown),
  };
}

const hello: Command = { type: 'connect', id: 1 };
const join = (id: number, room: string): Command => ({ type: 'room.join', room, id });

describe("a user's protocol", () => {
  test('gets the first of its sub-protocols that the client offers, or none', async () => {
    const { port } = await startServer({ codecs: { '/toy': toyCodec } });
    expect((await connectToy(port, ['unknown', 'toy.v1', 'toy.v2'])).protocol).toBe('toy.v1');
    expect((await connectToy(port)).protocol).toBe('');
  });

  test('answers the commands of one frame in one frame, the greeting first', async () => {
    const { port, connect } = await startServer({ codecs: { '/toy': toyCodec } });
    // The room is open already, so its store is not read again.
    await (await connect()).join('room1');
    const client = await connectToy(port);
    client.send(hello, join(2, 'room1'), join(3, 'room1'), { type: 'ping', id: 4 });
    const [greeting, ...answers] = await client.take();
    expect(greeting).toMatchObject({ id: 1, type: 'connected' });
    expect(answers).toEqual([
      { id: 2, type: 'joined', room: 'room1' },
      { id: 3, type: 'alreadyMember', room: 'room1' },
      { id: 4, type: 'pong' },
    ]);
  });

  test('shares rooms with the line protocol in both directions', async () => {
    const { port, connect } = await startServer({ codecs: { '/toy': toyCodec } });
    const [toy, line] = [await connectToy(port), await connect()];
    toy.send(hello, join(2, 'room1'));
    await toy.take();
    await line.ask('subscribe|room1');
    line.send('sendByRoom|{"roomNum":"room1","message":"from the line"}');
    await expect.poll(() => toy.take()).toMatchObject([{ room: 'room1', data: 'from the line', offset: 1 }]);
    toy.send({ type: 'room.publish', room: 'room1', data: 'from the toy', id: 3 });
    await line.take(2).then((frames) => expect(frames.at(-1)).toBe('SendByRoom success!'));
    expect(await line.next()).toBe('from the toy');
  });

  test('joins several rooms at the same time', async () => {
    const gate = createGate();
    const { port } = await startServer({
      codecs: { '/toy': toyCodec },
      rooms: { slow: { onJoin: () => gate.opened } },
    });
    const client = await connectToy(port);
    client.send(hello, join(2, 'slow'), join(3, 'quick'));
    const answered: unknown[] = [];
    while (answered.length < 2) answered.push(...(await client.take()));
    expect(answered).toMatchObject([{ id: 1 }, { id: 3, type: 'joined', room: 'quick' }]);
    gate.open();
    expect(await client.take()).toEqual([{ id: 2, type: 'joined', room: 'slow' }]);
  });

  test('closes only the socket of a client that breaks it', async () => {
    const { port } = await startServer({ codecs: { '/toy': toyCodec } });
    const [rude, polite] = [await connectToy(port), await connectToy(port)];
    rude.sendText('this is no line');
    expect(await rude.closed).toBe(3501);
    polite.send(hello);
    expect(await polite.take()).toMatchObject([{ id: 1, type: 'connected' }]);
  });
});
