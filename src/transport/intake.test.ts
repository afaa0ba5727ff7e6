import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Command } from '../protocol/command.ts';
import { Intake, PORTION } from './intake.ts';

function publishes(count: number): Command[] {
  return Array.from({ length: count }, (_, n) => ({ type: 'room.publish', room: 'a', data: n, id: n + 1 }));
}

function createIntake() {
  const taken: Command[] = [];
  const ends: number[] = [];
  const intake = new Intake(
    (command) => taken.push(command),
    () => ends.push(taken.length),
  );
  return { intake, taken, ends };
}

describe('the rest of a frame with many commands', () => {
  test('is taken in portions, in order, one in each turn', async () => {
    const { intake, taken, ends } = createIntake();
    const commands = publishes(2 * PORTION + 3);
    intake.add(commands, 2);
    expect(taken).toEqual([]);
    await nextTurn();
    expect(taken).toEqual(commands.slice(2, PORTION + 2));
    await nextTurn();
    await nextTurn();
    expect(taken).toEqual(commands.slice(2));
    expect(ends).toEqual([2 * PORTION + 1]);
  });

  test('does not keep the answer to a ping waiting', () => {
    const { intake, taken } = createIntake();
    intake.add([...publishes(3), { type: 'pong' }], 0);
    expect(taken).toEqual([{ type: 'pong' }]);
  });

  test('is forgotten when the connection ends in the middle of it', async () => {
    const { intake, taken, ends } = createIntake();
    intake.add(publishes(2 * PORTION), 0);
    await nextTurn();
    intake.clear();
    await nextTurn();
    expect(taken).toHaveLength(PORTION);
    expect(ends).toEqual([PORTION]);
  });
});
