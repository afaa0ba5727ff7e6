import { expect, test } from 'vitest';
import { createHarness, join, publish, settle } from '../../actor-harness.ts';
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
