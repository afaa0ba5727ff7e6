import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Command } from '../protocol/command.ts';
import { FairShare } from './fair-share.ts';
import { Intake, type IntakeOwner } from './intake.ts';

/** An owner whose frames are `1 2 3`, one command each, and who may take so many commands in a slice. */
function createIntake(aSlice: number) {
  const taken: (number | string)[] = [];
  let left = aSlice;
  let ends = 0;
  const owner: IntakeOwner = {
    isSpent: () => left <= 0,
    decode(frame) {
      if (frame === 'bad') return { violation: 'badRequest' };
      if (frame === '{}') return [{ type: 'pong' }];
      return String(frame)
        .split(' ')
        .map((data): Command => ({ type: 'room.publish', room: 'a', data }));
    },
    read(frame) {
      const decoded = owner.decode(frame);
      if ('length' in decoded) return decoded;
      taken.push(decoded.violation);
      return [];
    },
    takeSome(commands, first) {
      let index = first;
      for (; index < commands.length && left > 0; index += 1, left -= 1) {
        const command = commands[index]!;
        taken.push(command.type === 'room.publish' ? Number(command.data) : command.type);
      }
      return index - first;
    },
    together(takeSlice) {
      left = aSlice;
      takeSlice();
      left = 0;
    },
    caughtUp: () => void (ends += 1),
  };
  // One slice a turn.
  let now = 0;
  const share = new FairShare(
    (error) => {
      throw error;
    },
    () => (now += 10),
  );
  return { intake: new Intake(owner, share), taken, ends: () => ends, owner };
}

describe('what a client has sent beyond its share', () => {
  test('is taken in slices, in order, a part of a frame too', async () => {
    const { intake, taken, ends, owner } = createIntake(2);
    intake.begin(owner.decode('0 1 2 3') as Command[], 1);
    intake.add('4 5');
    intake.add('6');
    await nextTurn();
    expect(taken).toEqual([1, 2]);
    await nextTurn();
    expect(taken).toEqual([1, 2, 3, 4]);
    await nextTurn();
    expect([taken, ends(), intake.length]).toEqual([[1, 2, 3, 4, 5, 6], 1, 0]);
  });

  test('does not keep the answer to a ping waiting', () => {
    const { intake, taken } = createIntake(2);
    intake.add('1 2');
    intake.add('{}');
    expect(taken).toEqual(['pong']);
  });

  test('tells a violation in its place', async () => {
    const { intake, taken } = createIntake(9);
    intake.add('1');
    intake.add('bad');
    await nextTurn();
    expect(taken).toEqual([1, 'badRequest']);
  });

  test('is forgotten when the connection ends in the middle of it', async () => {
    const { intake, taken, ends } = createIntake(2);
    intake.add('1 2 3 4');
    await nextTurn();
    intake.clear();
    await nextTurn();
    expect([taken, ends(), intake.length]).toEqual([[1, 2], 1, 0]);
  });
});
