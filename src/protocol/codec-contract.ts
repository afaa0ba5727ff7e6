/**
 * The contract of a codec, as a test suite. Run it on your own codec with any test framework: this file imports none.
 */

import assert from 'node:assert/strict';
import { createRandom, type TestFramework } from '../system/test-framework.ts';
import { CLOSE_CODES } from './close-codes.ts';
import { isViolation, type Codec } from './codec.ts';
import type { Command, JoinAnswer, Json, Publication, Push, Reply, RoomMember } from './command.ts';
import { createRefusal } from './errors.ts';
import type { Frame } from './text.ts';

export interface CodecUnderTest {
  readonly name: string;
  readonly codec: Codec;
  /**
   * Writes a command as the frame that a client sends. The commands are `ping`, or `pong` without an id if the server
   * pings; `room.join`, `room.leave`, `room.publish`; and `connect` if the greeting is `connect`.
   */
  readonly write: (command: Command) => string | Uint8Array;
}

const FRAMES_OF_NOISE = 2_000;
const LONGEST_NOISE = 40;
/** Random frames are made of these: letters, separators of protocols, and parts of characters. */
const NOISE = ['a', '1', '"', '{', '}', '[', ':', ',', '|', '\n', ' ', '\\', 'é', '☃', '\u0000', '\ud800'];

/** A sub-protocol's name is a token of RFC 9110. */
const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;

const ROOMS = ['room1', 'é ☃ "quoted"', 'line\nbreak'];
const MESSAGES: readonly Json[] = [
  'hi',
  '',
  'é ☃ 🎈 "quoted" \\ |\n',
  'half of a pair: \ud800',
  1.5,
  null,
  ['a', { b: true }],
];

/**
 * Registers the contract of {@link Codec} as tests.
 *
 * @example
 * ```ts
 * import { describe, test } from 'node:test';
 * import { describeCodec } from 'statecast/testing';
 *
 * describeCodec({ describe, test }, { name: 'my protocol', codec: myCodec, write: (command) => JSON.stringify(command) });
 * ```
 */
export function describeCodec(
  { describe, test }: TestFramework,
  { name, codec, write }: CodecUnderTest,
): void {
  const id = codec.keepsOrder ? undefined : 7;

  describe(`${name} keeps the contract of a codec`, () => {
    test('has a name that is valid in a topic, and sub-protocols that are valid in a header', async () => {
      assert.match(codec.name, /^[^/]+$/);
      for (const subprotocol of codec.subprotocols) assert.match(subprotocol, TOKEN);
      assert.equal(new Set(codec.subprotocols).size, codec.subprotocols.length);
    });

    test('reads what a client writes', async () => {
      for (const command of commandsOf(codec, id)) {
        assert.deepEqual(codec.decode(write(command)), [command]);
      }
    });

    test('reads any frame without an error, as commands or as a violation', async () => {
      const random = createRandom(1);
      for (let count = 0; count < FRAMES_OF_NOISE; count += 1) {
        const length = random(LONGEST_NOISE);
        const text = Array.from({ length }, () => NOISE[random(NOISE.length)]).join('');
        const bytes = Uint8Array.from({ length }, () => random(256));
        for (const frame of [text.toWellFormed(), bytes]) {
          const decoded = codec.decode(frame);
          if (isViolation(decoded)) assert.ok(decoded.violation in CLOSE_CODES);
          else for (const { type } of decoded) assert.equal(typeof type, 'string');
        }
      }
    });

    test('has frames for every answer and every push', async () => {
      for (const reply of repliesOf(id)) {
        const frames = codec.encodeReply(reply);
        if (isAnswer(codec, reply)) assert.notEqual(frames.length, 0, `no frame for ${reply.type}`);
        for (const frame of frames) checkFrame(frame);
      }
      for (const push of PUSHES) for (const frame of codec.encodePush(push)) checkFrame(frame);
      if (codec.pings === true) assert.notEqual(codec.encodePush({ type: 'ping' }).length, 0);
    });

    test('has a frame for every publication and every broadcast', async () => {
      for (const room of ROOMS) {
        for (const [index, data] of MESSAGES.entries()) {
          const publication: Publication = { room, data, offset: index + 1, epoch: 'epoch', time: 1_000 };
          checkFrame(codec.encodePublication(publication));
          checkFrame(codec.encodePublication({ ...publication, from: { id: 'c1', user: 'ann' } }));
          checkFrame(codec.encodeBroadcast({ data }));
        }
      }
    });

    test('has frames for joins and leaves, if it tells the members of a room of them', async () => {
      for (const room of ROOMS) {
        for (const type of ['join', 'leave'] as const) {
          for (const member of MEMBERS) {
            const frame = codec.encodeMemberChange?.({ type, room, member });
            if (frame !== undefined) checkFrame(frame);
          }
        }
      }
    });

    test('has deltas for any two publications, if it has deltas', async () => {
      for (const [index, data] of MESSAGES.entries()) {
        const publication: Publication = { ...MISSED, data, offset: index + 1 };
        const bases = MESSAGES.map((base): Publication => ({ ...MISSED, data: base, offset: index }));
        for (const base of [undefined, ...bases]) {
          const frame = codec.encodeDelta?.(publication, base);
          if (frame !== undefined) checkFrame(frame);
        }
      }
    });

    test('writes the id of the command in its answer, unless it keeps the order of answers', async () => {
      if (codec.keepsOrder) return;
      const [first, second] = [1, 2].map((number) =>
        codec.encodeReply({ type: 'joined', room: 'room1', id: number }).map(textOf),
      );
      assert.notDeepEqual(first, second);
    });

    test('joins frames into one that contains all of them', async () => {
      const { joinFrames } = codec;
      if (joinFrames === undefined) return;
      const frames = ['a', 'b'].flatMap((room) => codec.encodeReply({ type: 'joined', room, id: 1 }));
      const joined = textOf(joinFrames(frames));
      for (const frame of frames) assert.ok(joined.includes(textOf(frame)));
    });
  });
}

function commandsOf({ greeting, pings }: Codec, id: number | undefined): Command[] {
  const commands: Command[] = [
    { type: 'room.join', room: 'room1' },
    { type: 'room.leave', room: 'room1' },
    { type: 'room.publish', room: 'room1', data: 'hi "there" ☃' },
  ];
  if (greeting === 'connect') commands.unshift({ type: 'connect' });
  if (pings !== true) commands.push({ type: 'ping' });
  const identified = commands.map((command) => (id === undefined ? command : { ...command, id }));
  return pings === true ? [...identified, { type: 'pong' }] : identified;
}

/** Answers to commands of protocols that read streams. */
const STREAM_ANSWERS = new Set<Reply['type']>([
  'presence',
  'presenceStats',
  'history',
  'refreshed',
  'roomRefreshed',
]);

/** Whether a client of this codec can get this reply: it has the command that it answers. */
function isAnswer({ greeting, pings, readsStreams }: Codec, { type }: Reply): boolean {
  if (type === 'connected') return greeting === 'connect';
  if (type === 'pong') return pings !== true;
  return readsStreams === true || !STREAM_ANSWERS.has(type);
}

function repliesOf(id: number | undefined): Reply[] {
  const replies: Reply[] = [
    { type: 'pong' },
    { type: 'connected', client: 'c1' },
    {
      type: 'connected',
      client: 'c1',
      ttlSeconds: 60,
      data: ['\ud800'],
      rooms: { room1: ANSWER, room2: {} },
    },
    { type: 'joined', room: 'room1', answer: ANSWER },
    { type: 'presence', members: MEMBERS },
    { type: 'presenceStats', connections: 2, users: 1 },
    { type: 'history', publications: [MISSED], offset: 1, epoch: 'epoch' },
    { type: 'history', publications: [], offset: 0, epoch: '' },
    { type: 'refreshed', ttlSeconds: 60 },
    { type: 'roomRefreshed' },
    ...ROOMS.flatMap((room): Reply[] => [
      { type: 'joined', room },
      { type: 'alreadyMember', room },
      { type: 'left', room },
      { type: 'notMember', room },
    ]),
    { type: 'published' },
    { type: 'broadcasted' },
    ...MESSAGES.map((data): Reply => ({ type: 'answered', data })),
    { type: 'called', method: 'hello.add', outcome: { type: 'result', result: { sum: 3 } } },
    { type: 'called', method: 'hello.add', outcome: { type: 'failed', code: 1005, message: 'too late' } },
    { type: 'unknown' },
    { type: 'refused', refusal: createRefusal('limitExceeded', 'room1 is full \ud800') },
  ];
  return replies.map((reply) => (id === undefined ? reply : { ...reply, id }));
}

const MEMBERS: readonly RoomMember[] = [
  { id: 'c1' },
  { id: 'c2', user: 'ann \ud800', info: { name: 'Ann ☃' }, roomInfo: ['\udc00'] },
];

const MISSED: Publication = {
  room: 'room1',
  data: { text: 'half of a pair: \ud800' },
  offset: 1,
  epoch: 'epoch',
  time: 1_000,
  from: { id: 'c2', user: 'ann', info: { name: 'Ann ☃' } },
  tags: { lang: 'en' },
};

const ANSWER: JoinAnswer = {
  stream: {
    offset: 0,
    epoch: 'epoch',
    positioned: true,
    recoverable: true,
    wasRecovering: true,
    recovered: true,
    publications: [MISSED, { ...MISSED, offset: 2 }],
    delta: true,
  },
  ttlSeconds: 60,
  data: '\ud800',
};

const PUSHES: readonly Push[] = [
  { type: 'ping' },
  { type: 'joined', room: 'room1', answer: ANSWER },
  { type: 'left', room: 'room1', refusal: createRefusal('expired'), ending: 'expired' },
  ...MESSAGES.map((data): Push => ({ type: 'message', data })),
  ...ROOMS.flatMap((room): Push[] => [
    { type: 'joined', room },
    { type: 'left', room, refusal: createRefusal('permissionDenied', 'not you') },
  ]),
];

function checkFrame(frame: Frame): void {
  assert.ok(typeof frame === 'string' || frame instanceof ArrayBuffer || frame instanceof Uint8Array);
  // One half of a surrogate pair has no UTF-8 form: a receiver would drop its connection.
  if (typeof frame === 'string')
    assert.ok(frame.isWellFormed(), `${JSON.stringify(frame)} is not well-formed`);
}

function textOf(frame: Frame): string {
  return typeof frame === 'string' ? frame : new TextDecoder().decode(frame);
}
