/** The line protocol, byte by byte, on real sockets. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLowdbStore, type ServerOptions } from '../src/index.ts';
import { nextEvent } from './support/event-watch.ts';
import { form } from './support/http-request.ts';
import { sendByRoom, type LineClient } from './support/line-client.ts';
import { startServer } from './support/start-server.ts';
import { makeTempDir } from './support/temp-dir.ts';

const MESSAGE_BYTES = 64 * 1024;
const ROOM_NAME_BYTES = 255;
const UNKNOWN = 'Rsp from server: this is server';
const SENT = 'SendByRoom success!';

describe('a command of a client that is in no room', () => {
  test.each([
    ['ping', 'pong'],
    ['ping|x', 'pong'],
    ['subscribe|room1', 'Subscribe roomNum:room1 success!'],
    ['subscribe|a|b|', 'Subscribe roomNum:a|b| success!'],
    ['subscribe| ', 'Subscribe roomNum:  success!'],
    ['subscribe|房间 ☃ 🎈', 'Subscribe roomNum:房间 ☃ 🎈 success!'],
    ['unsubscribe|room1', 'Unsubscribe roomNum:room1 success!'],
    ['sendByRoom|{"roomNum":"room1","message":"hi"}', SENT],
    ['sendByRoom|{"roomNum":1,"message":"hi"}', SENT],
    ['sendByRoom| {"message" : "a|b", "roomNum":"x", "more":[null]} ', SENT],
    ['hello', UNKNOWN],
    ['', UNKNOWN],
    ['|', UNKNOWN],
    ['|ping', UNKNOWN],
    [' ping', UNKNOWN],
    ['ping ', UNKNOWN],
    ['PING', UNKNOWN],
    ['Subscribe|room1', UNKNOWN],
    ['sendbyroom|{"roomNum":"room1","message":"hi"}', UNKNOWN],
    ['{"roomNum":"room1","message":"hi"}', UNKNOWN],
    ['constructor|x', UNKNOWN],
  ])('%j is answered with %j and nothing else', async (frame, answer) => {
    const { connect } = await startServer();
    const client = await connect();
    client.send(frame);
    expect(await client.settle()).toEqual([answer]);
  });
});

describe('a command that cannot be done', () => {
  const longName = 'r'.repeat(ROOM_NAME_BYTES + 1);
  test.each([
    ['JSON that does not parse', 'sendByRoom|{"roomNum":"room1","message":', /sendByRoom.* JSON/],
    ['no JSON', 'sendByRoom', /sendByRoom.* JSON/],
    ['an empty argument', 'broadcast|', /broadcast.* JSON/],
    ['text around the JSON', 'broadcast|{"message":"hi"} x', /broadcast.* JSON/],
    ['an array', 'sendByRoom|["room1","hi"]', /JSON object/],
    ['null', 'sendByRoom|null', /JSON object/],
    ['a string', 'broadcast|"hi"', /JSON object/],
    ['a number', 'broadcast|1', /JSON object/],
    ['a missing roomNum', 'sendByRoom|{"message":"hi"}', /roomNum/],
    ['a missing message', 'sendByRoom|{"roomNum":"room1"}', /message/],
    ['a missing broadcast message', 'broadcast|{}', /message/],
    ['a message of null', 'sendByRoom|{"roomNum":"room1","message":null}', /message must be/],
    ['a message that is an array', 'sendByRoom|{"roomNum":"room1","message":["hi"]}', /message must be/],
    ['a message that is an object', 'broadcast|{"message":{"text":"hi"}}', /message must be/],
    ['a roomNum of null', 'sendByRoom|{"roomNum":null,"message":"hi"}', /roomNum must be/],
    ['a roomNum that is a boolean', 'sendByRoom|{"roomNum":true,"message":"hi"}', /roomNum must be/],
    ['a roomNum that is an object', 'sendByRoom|{"roomNum":{},"message":"hi"}', /roomNum must be/],
    ['an empty room to send to', sendByRoom('', 'hi'), /room name is empty/],
    ['an over-long room to send to', sendByRoom(longName, 'hi'), /room name is longer than 255 bytes/],
    ['subscribe without a room', 'subscribe', /room name is empty/],
    ['subscribe to an empty room', 'subscribe|', /room name is empty/],
    ['subscribe to an over-long room', `subscribe|${longName}`, /room name is longer than 255 bytes/],
    ['unsubscribe without a room', 'unsubscribe', /room name is empty/],
    ['unsubscribe from an empty room', 'unsubscribe|', /room name is empty/],
    ['unsubscribe from an over-long room', `unsubscribe|${longName}`, /room name is longer than 255 bytes/],
    ['a frame that is not UTF-8', new Uint8Array([0x70, 0xff, 0x67]), /UTF-8/],
  ])('%s is answered with one Error line and keeps the socket', async (_, frame, problem) => {
    const { connect } = await startServer();
    const client = await connect();
    client.send(frame);
    const answers = await client.settle();
    expect(answers).toHaveLength(1);
    expect(answers[0]).toMatch(/^Error: [^\n]+$/);
    expect(answers[0]).toMatch(problem);
    await client.join('still here');
  });
});

describe('joining and leaving', () => {
  test('a member receives messages, and none after it has left', async () => {
    const { connect } = await startServer();
    const [member, speaker] = [await connect(), await connect()];
    await member.join('room1');
    expect(await speaker.ask(sendByRoom('room1', 'one'))).toBe(SENT);
    expect(await member.settle()).toEqual(['one']);
    expect(await member.ask('unsubscribe|room1')).toBe('Unsubscribe roomNum:room1 success!');
    expect(await speaker.ask(sendByRoom('room1', 'two'))).toBe(SENT);
    expect(await member.settle()).toEqual([]);
  });

  test('joining twice and leaving twice change nothing the second time', async () => {
    const { server, connect } = await startServer();
    const client = await connect();
    await client.join('room1');
    await client.join('room1');
    expect(await server.members('room1')).toHaveLength(1);
    client.send(sendByRoom('room1', 'once'));
    expect(await client.settle()).toEqual(['once', SENT]);
    expect(await client.ask('unsubscribe|room1')).toBe('Unsubscribe roomNum:room1 success!');
    expect(await client.ask('unsubscribe|room1')).toBe('Unsubscribe roomNum:room1 success!');
    expect(await server.members('room1')).toEqual([]);
    await client.join('room1');
    expect(await server.members('room1')).toHaveLength(1);
  });

  test('the number 1 and the text "1" name the same room', async () => {
    const { connect } = await startServer();
    const client = await connect();
    await client.join('1');
    client.send('sendByRoom|{"roomNum":1,"message":"number"}', 'sendByRoom|{"roomNum":"1","message":"text"}');
    expect(await client.settle()).toEqual(['number', SENT, 'text', SENT]);
  });

  test.each([
    ['9007199254740992', '9007199254740993'],
    ['9007199254740993', '9007199254740993.0'],
    ['1', '1.0'],
    ['100', '1E2'],
    ['0', '-0'],
    ['1e400', '1e401'],
    ['12345678901234567890', '12345678901234567891'],
  ])('the numbers %s and %s name two rooms, in every way to say them', async (one, other) => {
    const { connect, request } = await startServer();
    const [first, second, speaker] = [await connect(), await connect(), await connect()];
    await first.join(one);
    await second.join(other);
    for (const number of [one, other]) {
      expect(await speaker.ask(`sendByRoom|{"roomNum":${number},"message":${number}}`)).toBe(SENT);
      expect(await speaker.ask(`sendByRoom|{"roomNum":"${number}","message":"${number}"}`)).toBe(SENT);
      await request(`/Index/pushByRoom?roomNum=${number}&message=${number}`);
      await request('/Index/pushByRoom', form({ roomNum: number, message: number }));
    }
    expect(await first.settle()).toEqual(Array.from({ length: 4 }, () => one));
    expect(await second.settle()).toEqual(Array.from({ length: 4 }, () => other));
    expect(await first.ask(`broadcast|{"message":${other}}`)).toBe(other);
    expect(await speaker.settle()).toEqual([other]);
    await request(`/Index/pushAll?message=${other}`);
    expect(await speaker.settle()).toEqual([other]);
  });

  test('a number has as many digits as a room name may have, and not one more', async () => {
    const { connect } = await startServer();
    const client = await connect();
    const digits = '7'.repeat(ROOM_NAME_BYTES);
    await client.join(digits);
    client.send(
      `sendByRoom|{"roomNum":${digits},"message":1}`,
      `sendByRoom|{"roomNum":${digits}7,"message":1}`,
    );
    expect(await client.settle()).toEqual(['1', SENT, 'Error: the room name is longer than 255 bytes']);
  });

  test.each([
    ['255 characters', 'r'.repeat(ROOM_NAME_BYTES)],
    ['85 characters of 3 bytes', '€'.repeat(ROOM_NAME_BYTES / 3)],
  ])('the name of a room may have %s, and not one byte more', async (_, room) => {
    const { connect } = await startServer();
    const client = await connect();
    await client.join(room);
    client.send(sendByRoom(room, 'hi'), `subscribe|${room}x`, sendByRoom(`${room}x`, 'hi'));
    const tooLong = 'Error: the room name is longer than 255 bytes';
    expect(await client.settle()).toEqual(['hi', SENT, tooLong, tooLong]);
  });

  test('rooms whose names are alike, or look like patterns, are different rooms', async () => {
    const { connect } = await startServer();
    const rooms = ['room', 'Room', 'room1', 'room ', '#', '+', '*', 'a/#', 'a/b', 'everybody', '__proto__'];
    const members = new Map<string, LineClient>();
    for (const room of rooms) {
      const member = await connect();
      await member.join(room);
      members.set(room, member);
    }
    const speaker = await connect();
    for (const room of rooms) expect(await speaker.ask(sendByRoom(room, `to ${room}`))).toBe(SENT);
    for (const [room, member] of members) expect(await member.settle()).toEqual([`to ${room}`]);
  });

  test('the commands and answers of one client do not reach other clients', async () => {
    const { connect } = await startServer();
    const [one, two] = [await connect(), await connect()];
    await one.join('room1');
    await two.join('room1');
    one.send('nonsense', 'sendByRoom|{', 'unsubscribe|room1');
    await one.settle();
    expect(await two.settle()).toEqual([]);
    one.terminate();
    await one.closed;
    expect(await two.ask(sendByRoom('room1', 'alone'))).toBe('alone');
  });
});

describe('messages', () => {
  test('the sender need not be a member, and a member gets its own copy before the answer', async () => {
    const { connect } = await startServer();
    const [member, outsider] = [await connect(), await connect()];
    await member.join('room1');
    outsider.send(sendByRoom('room1', 'from outside'));
    expect(await outsider.settle()).toEqual([SENT]);
    member.send(sendByRoom('room1', 'from inside'));
    expect(await member.settle()).toEqual(['from outside', 'from inside', SENT]);
  });

  test('a broadcast reaches members of any room and of none', async () => {
    const { connect } = await startServer();
    const clients = [await connect(), await connect(), await connect()] as const;
    await clients[0].join('room1');
    await clients[1].join('room2');
    clients[2].send('broadcast|{"message":"to all"}');
    expect(await clients[2].settle()).toEqual(['to all', 'Broadcast success!']);
    expect(await clients[0].settle()).toEqual(['to all']);
    expect(await clients[1].settle()).toEqual(['to all']);
  });

  test.each([
    ['1.50', '1.50'],
    ['9007199254740993', '9007199254740993'],
    ['1e400', '1e400'],
    ['-0', '-0'],
    ['-0.001', '-0.001'],
    ['0', '0'],
    ['true', 'true'],
    ['false', 'false'],
    ['""', ''],
    ['"a|b"', 'a|b'],
    ['"subscribe|room2"', 'subscribe|room2'],
    ['"SendByRoom success!"', 'SendByRoom success!'],
    ['"Error: no"', 'Error: no'],
    [String.raw`"{\"message\":1}"`, '{"message":1}'],
    [String.raw`"line\nbreak\u0000☃"`, 'line\nbreak\u0000☃'],
    [String.raw`"\ud83c\udf88"`, '🎈'],
    [String.raw`"a\ud800b"`, 'a\ufffdb'],
    [String.raw`"\udf88\ud83c"`, '\ufffd\ufffd'],
  ])('a message of %s arrives as %j, in a room and to all', async (json, text) => {
    const { server, connect } = await startServer();
    const [sender, receiver] = [await connect(), await connect()];
    await receiver.join('room1');
    sender.send(`sendByRoom|{"roomNum":"room1","message":${json}}`, `broadcast|{"message":${json}}`);
    expect(await sender.settle()).toEqual([SENT, text, 'Broadcast success!']);
    expect(await receiver.settle()).toEqual([text, text]);
    expect(await server.members('room2')).toEqual([]);
  });

  test('half a surrogate pair in a room name becomes a replacement character', async () => {
    const { connect } = await startServer();
    const [sender, receiver] = [await connect(), await connect()];
    await receiver.join('\ufffd');
    expect(await sender.ask(String.raw`sendByRoom|{"roomNum":"\ud800","message":"hi"}`)).toBe(SENT);
    expect(await receiver.settle()).toEqual(['hi']);
  });

  test('a binary frame of UTF-8 is a command like any other', async () => {
    const { connect } = await startServer();
    const client = await connect();
    const encode = (text: string) => new TextEncoder().encode(text);
    client.send(encode('subscribe|☃'), encode(sendByRoom('☃', '🎈')), encode('ping'));
    expect(await client.take(4)).toEqual(['Subscribe roomNum:☃ success!', '🎈', SENT, 'pong']);
  });

  test.each([
    ['of 1 byte each', 'x'.repeat(MESSAGE_BYTES)],
    ['of 3 bytes each', `${'€'.repeat(MESSAGE_BYTES / 3)}x`],
    ['that JSON spells with 6', '\u0001'.repeat(MESSAGE_BYTES)],
  ])('64 KiB of characters %s are sent, and one byte more is refused', async (_, message) => {
    const { connect } = await startServer();
    const [sender, receiver] = [await connect(), await connect()];
    expect(new TextEncoder().encode(message)).toHaveLength(MESSAGE_BYTES);
    await receiver.join('room1');
    const broadcast = (text: string) => `broadcast|${JSON.stringify({ message: text })}`;
    sender.send(sendByRoom('room1', message), sendByRoom('room1', `${message}x`));
    sender.send(broadcast(message), broadcast(`${message}x`));
    const refusal = 'Error: the message is longer than 65536 bytes';
    expect(await sender.settle()).toEqual([SENT, refusal, message, 'Broadcast success!', refusal]);
    expect(await receiver.settle()).toEqual([message, message]);
  });
});

describe('commands sent without waiting for answers', () => {
  const handlers: ServerOptions = {
    rooms: {
      '*': {
        may: { publish: 'anyone' },
        onJoin: () => afterTurns(3),
        onMessage: ({ data }) => (data === 'slow' ? afterTurns(9) : undefined),
        onLeave: () => afterTurns(2),
      },
    },
  };
  const strict = async (): Promise<ServerOptions> => ({
    membership: { durability: 'strict' },
    store: createLowdbStore({ dir: await makeTempDir() }),
  });

  test.each([
    ['', async (): Promise<ServerOptions> => ({})],
    [' with handlers that take their time', async () => handlers],
    [' with strict durability', strict],
    [' with both', async () => ({ ...handlers, ...(await strict()) })],
  ])('are answered in order%s', async (_, options) => {
    const { connect } = await startServer(await options());
    const client = await connect();
    const frames: string[] = [];
    const answers: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      frames.push(
        `subscribe|${round}`,
        'ping',
        sendByRoom(`${round}`, 'slow'),
        sendByRoom(`${round}`, 'fast'),
      );
      answers.push(`Subscribe roomNum:${round} success!`, 'pong', 'slow', SENT, 'fast', SENT);
      frames.push('what', 'subscribe|', `unsubscribe|${round}`, sendByRoom(`${round}`, 'gone'));
      answers.push(UNKNOWN, 'Error: the room name is empty', `Unsubscribe roomNum:${round} success!`, SENT);
    }
    client.send(...frames);
    expect(await client.settle()).toEqual(answers);
  });

  test('are dropped when the client disconnects', async () => {
    const { server, connect } = await startServer(handlers);
    const [client, witness] = [await connect(), await connect()];
    await witness.join('room1');
    const gone = nextEvent(server, 'connection.closed');
    client.send('subscribe|room1', sendByRoom('room1', 'slow'), 'unsubscribe|room1', 'subscribe|room1');
    client.terminate();
    await gone;
    expect(await witness.ask(sendByRoom('room1', 'fast'))).toBe('fast');
    expect(await server.members('room1')).toHaveLength(1);
  });
});

test('any frame is answered with at least one frame, and none closes the socket', async () => {
  const { connect } = await startServer();
  const command = fc.constantFrom('ping', 'subscribe', 'unsubscribe', 'sendByRoom', 'broadcast', 'rpc', '');
  const text = fc.string({ unit: 'binary' });
  const fields = fc.record({ roomNum: fc.jsonValue(), message: fc.jsonValue() }, { requiredKeys: [] });
  const argument = fc.oneof(
    text,
    fc.json(),
    fields.map((value) => JSON.stringify(value)),
  );
  const frame = fc.oneof(
    text,
    fc.tuple(command, argument).map((parts) => parts.join('|')),
    fc.uint8Array(),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 20 }), async (frames) => {
      const client = await connect();
      for (const sent of frames) {
        client.send(sent);
        expect(await client.settle()).not.toEqual([]);
      }
      expect(client.isOpen).toBe(true);
      client.close();
      expect(await client.closed).toMatchObject({ code: 1005 });
    }),
    { numRuns: 50 },
  );
});

async function afterTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
