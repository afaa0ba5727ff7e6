import { expect, test } from 'vitest';
import { call, createHarness, join, publish, settle } from '../../actor-harness.ts';
import type { RoomRules } from './rules.ts';

const CLOSED: RoomRules = {
  join: 'nobody',
  publish: 'members',
  presence: 'nobody',
  history: 'nobody',
  rpc: 'nobody',
};

test.each([
  ['may not', true, 'permissionDenied'],
  ['may not, since the settings do not know the room', false, 'unknownRoom'],
])('what a client %s do opens no room', async (_, isKnown, error) => {
  const { connect, directory, toldOf } = createHarness({ limits: { rules: CLOSED, isKnown } });
  const client = connect();
  client.send(join('room1'), publish('room2', 'hi'));
  await settle();
  expect(client.frames).toMatchObject([
    { type: 'refused', refusal: { error } },
    { type: 'refused', refusal: { error } },
  ]);
  expect(directory.rooms.size).toBe(0);
  expect(toldOf('member.refused')).toMatchObject([{ room: 'room1', refusal: { error } }]);
});

test.each([
  ['by its rule', { ...CLOSED, rpc: 'members' } as const, ['hello.*']],
  ['since it is no function of the room', { ...CLOSED, rpc: 'anyone' } as const, []],
])('a call that the room does not allow %s opens no room', async (_, rules, rpc) => {
  const { connect, directory } = createHarness({ limits: { rules }, allowed: rpc });
  const client = connect();
  client.send(call('hello.sayHello'));
  await settle();
  expect(client.frames).toMatchObject([{ type: 'called', outcome: { type: 'failed' } }]);
  expect(directory.rooms.size).toBe(0);
});
