/**
 * Tests of the moderated room with the test kit: no sockets, no waiting. They run with any test framework; with the one of
 * Node.js: `node --import tsx --test examples/moderated-room.test.ts`.
 */

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { createTestServer, expectRefusal, type TestServer } from 'statecast/testing';
import { createModeration } from './moderated-room.ts';

let server: TestServer;

beforeEach(() => {
  const moderation = createModeration({
    moderators: ['ada'],
    banned: ['mallory'],
    words: ['darn'],
    now: () => server.clock.now(),
  });
  server = createTestServer(moderation.options);
  moderation.attach(server.server);
});

afterEach(() => server.close());

async function join(user: string) {
  const client = await server.connect({ user });
  await client.join('room1');
  return client;
}

test('all members, also the new one, get a message about who has joined', async () => {
  const bob = await join('bob');
  await bob.expectMessage('room1', 'bot: welcome, bob; try !help');
  const ada = await join('ada');
  await bob.expectMessage('room1', 'bot: welcome, ada; try !help');
  await ada.leave('room1');
  await bob.expectMessage('room1', 'bot: ada has left');
  await ada.refuteMessage('room1', 'bot: ada has left');
});

test('a banned user neither speaks nor reads', async () => {
  const bob = await join('bob');
  const mallory = await server.connect({ user: 'mallory' });
  await expectRefusal(mallory.join('room1'), /mallory is banned from room1/);
  await expectRefusal(mallory.say('room1', 'let me in'), 'permissionDenied');
  await bob.say('room1', 'not for mallory');
  await mallory.refuteMessage('room1');
  await bob.refuteMessage('room1', 'let me in');
});

test('some words are replaced by stars', async () => {
  const bob = await join('bob');
  await bob.say('room1', 'DARN, a darned Darn!');
  await bob.expectMessage('room1', '****, a darned ****!');
});

test('too many messages of one member are refused until the window has passed', async () => {
  const bob = await join('bob');
  for (let number = 1; number <= 5; number += 1) await bob.say('room1', `message ${number}`);
  await expectRefusal(bob.say('room1', 'message 6'), /not so fast/);
  await server.clock.advance(5.001);
  await bob.say('room1', 'calm again');
});

test('commands are answered to their sender only', async () => {
  const bob = await join('bob');
  const ada = await join('ada');
  assert.equal(await bob.say('room1', '!who'), 'here: bob, ada');
  await expectRefusal(bob.say('room1', '!dance'), /there is no !dance/);
  await ada.refuteMessage('room1', (data) => data !== 'bot: welcome, ada; try !help');
});

test('only a moderator mutes a room', async () => {
  const bob = await join('bob');
  const ada = await join('ada');
  await expectRefusal(bob.say('room1', '!mute'), /for moderators/);
  await ada.say('room1', '!mute');
  await bob.expectMessage('room1', 'bot: room1 was muted by ada');
  await expectRefusal(bob.say('room1', 'hello?'), 'permissionDenied');
});
