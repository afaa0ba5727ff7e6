/** The moderated room of examples/, with real sockets. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createModeratedServer } from '../examples/moderated-room.ts';
import type { StatecastServer } from '../src/index.ts';
import { connectLineClient, sendByRoom } from './support/line-client.ts';
import { createSdkClient } from './support/sdk-client.ts';

let clock: number;
let server: StatecastServer;
let url: string;

beforeEach(async () => {
  clock = 1_000_000;
  server = createModeratedServer({
    port: 0,
    moderators: ['ada'],
    banned: ['mallory'],
    words: ['darn', 'a.b'],
    now: () => clock,
  });
  const { host, port } = await server.listen();
  url = `http://${host}:${port}/`;
});

afterEach(async () => {
  await server.close();
});

describe('who comes in', () => {
  test('all members, also the new one, get a message about who has joined', async () => {
    const bob = await connect('bob');
    await bob.join('room1');
    expect(await bob.hears(/^bot: /)).toBe('bot: welcome, bob; try !help');

    const ada = await connect('ada');
    await ada.join('room1');
    expect(await bob.hears(/ada/)).toBe('bot: welcome, ada; try !help');
  });

  test('a banned name is refused with the reason, and the members get no message about it', async () => {
    const bob = await connect('bob');
    await bob.join('room1');
    const mallory = await connect('mallory');
    expect(await mallory.ask('subscribe|room1')).toBe('Error: mallory is banned from room1');
    expect(await server.members('room1')).toMatchObject([{ user: 'bob' }]);
    expect(bob.heard.some((frame) => frame.includes('mallory'))).toBe(false);
  });

  test('a banned name neither speaks nor reads, on the line protocol', async () => {
    const bob = await connect('bob');
    await bob.join('room1');
    const mallory = await connect('mallory');
    await mallory.ask('subscribe|room1');
    expect(await mallory.say('room1', 'let me in')).toBe('Error: you may not publish in room1');
    await bob.say('room1', 'not for mallory');
    await bob.hears('not for mallory');
    expect(await mallory.ask('ping')).toBe('pong');
    expect(mallory.heard).toEqual([
      'Error: mallory is banned from room1',
      'Error: you may not publish in room1',
      'pong',
    ]);
    expect(bob.heard).not.toContain('let me in');
  });

  test('a banned name neither speaks nor reads, on the Centrifuge protocol', async () => {
    const bob = await connect('bob');
    await bob.join('room1');
    const { centrifuge } = createSdkClient(url, {}, '?user=mallory');
    const room = centrifuge.newSubscription('room1');
    const heard: unknown[] = [];
    room.on('publication', ({ data }) => heard.push(data));
    const refused = new Promise((resolve) => room.once('unsubscribed', resolve));
    room.subscribe();
    expect(await refused).toMatchObject({ code: 103, reason: 'mallory is banned from room1' });
    const notAllowed = { code: 103 };
    await expect(centrifuge.publish('room1', 'let me in')).rejects.toMatchObject(notAllowed);
    await expect(centrifuge.presence('room1')).rejects.toMatchObject(notAllowed);
    await expect(centrifuge.presenceStats('room1')).rejects.toMatchObject(notAllowed);
    await expect(centrifuge.history('room1', { limit: 10 })).rejects.toMatchObject(notAllowed);
    await bob.say('room1', 'not for mallory');
    await bob.hears('not for mallory');
    // What was sent to it before this answer has arrived before it.
    await expect(centrifuge.publish('room1', 'again')).rejects.toMatchObject(notAllowed);
    expect(heard).toEqual([]);
    expect(bob.heard).not.toContain('let me in');
  });

  test('the other members get a message about a member that leaves', async () => {
    const bob = await connect('bob');
    await bob.join('room1');
    const ada = await connect('ada');
    await ada.join('room1');
    ada.leave();
    expect(await bob.hears(/left$/)).toBe('bot: ada has left');
  });
});

describe('what is said', () => {
  test.each([
    ['darn it', '**** it'],
    ['DARN, a darned Darn!', '****, a darned ****!'],
    ['a.b but not acb', '*** but not acb'],
    ['nothing to hide', 'nothing to hide'],
  ])('%j is received as %j', async (said, heard) => {
    const bob = await connect('bob');
    await bob.join('room1');
    expect(await bob.say('room1', said)).toBe('SendByRoom success!');
    await bob.hears(heard);
  });

  test('too many messages of one member are refused until the window has passed', async () => {
    const bob = await connect('bob');
    const ada = await connect('ada');
    await bob.join('room1');
    await ada.join('room1');
    const answers: string[] = [];
    for (let number = 1; number <= 6; number += 1) answers.push(await bob.say('room1', `message ${number}`));
    expect(answers).toEqual([
      ...Array.from({ length: 5 }, () => 'SendByRoom success!'),
      'Error: not so fast: 5 messages in 5 seconds',
    ]);
    expect(await ada.say('room1', 'I am calm')).toBe('SendByRoom success!');
    clock += 5_001;
    expect(await bob.say('room1', 'calm again')).toBe('SendByRoom success!');
  });
});

describe('commands', () => {
  test('are answered to their sender only', async () => {
    const bob = await connect('bob');
    const ada = await connect('ada');
    await bob.join('room1');
    await ada.join('room1');
    await bob.say('room1', '!who');
    await bob.hears('here: bob, ada');
    await bob.say('room1', '!help');
    await bob.hears(/^!who: who is here$/m);

    await bob.say('room1', 'the end');
    await ada.hears('the end');
    expect(ada.heard.some((frame) => frame.startsWith('here:') || frame.startsWith('!'))).toBe(false);
  });

  test('that do not exist are refused', async () => {
    const bob = await connect('bob');
    await bob.join('room1');
    expect(await bob.say('room1', '!dance now')).toBe('Error: there is no !dance: try !help');
  });

  test('a moderator mutes and unmutes a room, also from another room', async () => {
    const bob = await connect('bob');
    const ada = await connect('ada');
    await bob.join('room1');
    await ada.join('room1');
    await ada.join('room2');
    expect(await ada.say('room1', '!mute')).toBe('SendByRoom success!');
    await bob.hears('bot: room1 was muted by ada');
    expect(await bob.say('room1', 'hello?')).toBe('Error: room1 is muted');
    expect(await ada.say('room2', '!unmute room1')).toBe('SendByRoom success!');
    await bob.hears('bot: room1 was unmuted by ada');
    await ada.say('room1', '!mute');
    expect(await ada.say('room1', '!unmute')).toBe('SendByRoom success!');
    expect(await bob.say('room1', 'hello!')).toBe('SendByRoom success!');
    await bob.hears('hello!');
  });

  test('to mute a room is refused for other members', async () => {
    const bob = await connect('bob');
    await bob.join('room1');
    expect(await bob.say('room1', '!mute')).toBe('Error: !mute is for moderators');
    expect(await bob.say('room1', 'hello')).toBe('SendByRoom success!');
  });
});

/** One user with a socket: sends one command at a time, and receives messages in between. */
async function connect(user: string) {
  const client = await connectLineClient(url, { path: `/?user=${user}` });

  async function next(matches: (frame: string) => boolean): Promise<string> {
    for (;;) {
      const frame = await client.next();
      if (matches(frame)) return frame;
    }
  }
  const ask = (command: string): Promise<string> => {
    client.send(command);
    return next(isAnswer);
  };
  return {
    heard: client.frames,
    ask,
    join: (room: string) => ask(`subscribe|${room}`),
    leave: () => client.close(),
    say: (room: string, message: string) => ask(sendByRoom(room, message)),
    /** The first frame like this; it may have come already or come later. */
    async hears(expected: string | RegExp): Promise<string> {
      const matches = (frame: string): boolean =>
        typeof expected === 'string' ? frame === expected : expected.test(frame);
      return client.frames.find(matches) ?? next(matches);
    },
  };
}

function isAnswer(frame: string): boolean {
  return frame.endsWith('success!') || frame.startsWith('Error: ') || frame === 'pong';
}
