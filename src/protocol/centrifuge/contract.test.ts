import { describe, test } from 'vitest';
import { describeCodec } from '../codec-contract.ts';
import type { Command } from '../command.ts';
import { createCentrifugeCodec } from './centrifuge-codec.ts';

describeCodec(
  { describe, test },
  {
    name: 'the Centrifuge codec',
    codec: createCentrifugeCodec({ version: '1.2.3', pingSeconds: 25, pong: true }),
    write: (command) => JSON.stringify(toFrame(command)),
  },
);

function toFrame(command: Command): object {
  const { id } = command;
  if (command.type === 'connect') return { id, connect: {} };
  if (command.type === 'room.join') return { id, subscribe: { channel: command.room } };
  if (command.type === 'room.leave') return { id, unsubscribe: { channel: command.room } };
  if (command.type !== 'room.publish') return {};
  return { id, publish: { channel: command.room, data: command.data } };
}
