import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { systemClock } from '../../system/clock.ts';
import { Caller } from '../caller.ts';
import { defineMethod, type ApiMethod, type ApiRequest } from './api-method.ts';
import { doCommands } from './commands.ts';

const REQUEST: ApiRequest = { caller: new Caller({}, systemClock), deny: () => {}, exact: undefined };
const LONG = 'x'.repeat(10 * 1024 * 1024);

function define(name: 'history' | 'rpc', run: () => string): ReadonlyMap<string, ApiMethod> {
  const method = defineMethod({
    name,
    summary: '',
    params: z.object({}),
    result: z.object({}),
    example: { params: {}, result: {} },
    isLong: name === 'history',
    run: () => ({ result: { text: run() } }),
  });
  return new Map([[name, method]]);
}

function repeat(name: string, times: number) {
  return Array.from({ length: times }, () => ({ name, params: {}, exact: undefined }));
}

describe('several commands', () => {
  test.each([false, true])(
    'leave time for other things after each long result (parallel: %s)',
    async (isParallel) => {
      const told: string[] = [];
      const methods = define('history', () => 'short');
      setImmediate(() => told.push('something else'));
      const answers = await doCommands({ commands: repeat('history', 5), isParallel }, methods, REQUEST);
      told.push('done');
      expect(answers).toHaveLength(5);
      expect(told).toEqual(['something else', 'done']);
    },
  );

  test.each([false, true])(
    'with long results are not begun when one was too long (parallel: %s)',
    async (isParallel) => {
      let begun = 0;
      const methods = define('history', () => {
        begun += 1;
        return LONG;
      });
      const commands = { commands: repeat('history', 100), isParallel };
      const answers = await doCommands(commands, methods, REQUEST);
      expect(answers.filter((answer) => 'result' in answer)).toHaveLength(3);
      expect(answers.filter((answer) => 'error' in answer && answer.error.includes('106'))).toHaveLength(97);
      expect(begun).toBeLessThan(21);
    },
  );

  test('that change something are not done when all results are too long', async () => {
    let done = 0;
    const methods = define('rpc', () => {
      done += 1;
      return LONG;
    });
    const answers = await doCommands({ commands: repeat('rpc', 10), isParallel: false }, methods, REQUEST);
    expect(done).toBe(4);
    expect(answers.filter((answer) => 'result' in answer)).toHaveLength(4);
  });
});
