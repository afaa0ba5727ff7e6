import { describe, expect, test } from 'vitest';
import { createPendingCalls, encodeCall } from './pending-calls.ts';

const HELLO = 'hello.sayHello';
const COUNT = 'hello.countWords';

function answer(method: string, ret: string): string {
  return `rpc|${JSON.stringify({ method, result: { ret } })}`;
}

const result = (ret: string) => ({ type: 'result', result: { ret } });

describe('pending calls', () => {
  test('a call is written as one frame', () => {
    expect(encodeCall('room|1', HELLO, { name: '"Ann"' })).toBe(
      'rpc|{"roomNum":"room|1","method":"hello.sayHello","args":{"name":"\\"Ann\\""}}',
    );
  });

  test('an answer settles the oldest call of its method', async () => {
    const calls = createPendingCalls();
    const [first, other, second] = [calls.add(HELLO), calls.add(COUNT), calls.add(HELLO)];
    expect(calls.read(answer(HELLO, 'one'))).toBe(true);
    expect(calls.read(answer(HELLO, 'two'))).toBe(true);
    expect(calls.read(answer(COUNT, 'three'))).toBe(true);
    expect(await Promise.all([first, other, second])).toEqual([
      result('one'),
      result('three'),
      result('two'),
    ]);
  });

  test('a failure is told with its code and sentence', async () => {
    const calls = createPendingCalls();
    const call = calls.add(HELLO);
    calls.read(
      'rpc|{"method":"hello.sayHello","error":{"code":1001,"message":"the servant is not running"}}',
    );
    expect(await call).toEqual({ type: 'failed', code: 1001, message: 'the servant is not running' });
  });

  test('a result of null is a result', async () => {
    const calls = createPendingCalls();
    const call = calls.add(HELLO);
    calls.read('rpc|{"method":"hello.sayHello","result":null}');
    expect(await call).toEqual({ type: 'result', result: null });
  });

  test('an error line refuses the oldest call', async () => {
    const calls = createPendingCalls();
    const [first, second] = [calls.add(HELLO), calls.add(COUNT)];
    expect(calls.read('Error: args must be an object')).toBe(true);
    calls.read(answer(COUNT, 'still there'));
    expect(await first).toEqual({ type: 'refused', reason: 'args must be an object' });
    expect(await second).toEqual(result('still there'));
  });

  test.each([
    'hello',
    'rpc|',
    'rpc|{',
    'rpc|null',
    'rpc|[]',
    'rpc|{"method":1,"result":{}}',
    'rpc|{"method":"hello.sayHello"}',
    'rpc|{"method":"hello.sayHello","error":{"code":"1001"}}',
    answer('hello.add', 'of another method'),
  ])('%s answers no call', async (frame) => {
    const calls = createPendingCalls();
    const call = calls.add(HELLO);
    expect(calls.read(frame)).toBe(false);
    calls.read(answer(HELLO, 'still there'));
    expect(await call).toEqual(result('still there'));
  });

  test('nothing is an answer when no call is pending', () => {
    const calls = createPendingCalls();
    expect(calls.read(answer(HELLO, 'one'))).toBe(false);
    expect(calls.read('Error: boo')).toBe(false);
  });

  test('calls are settled as unanswered when the connection ends', async () => {
    const calls = createPendingCalls();
    const call = calls.add(HELLO);
    calls.drain();
    expect(await call).toEqual({ type: 'unanswered' });
    expect(calls.read(answer(HELLO, 'too late'))).toBe(false);
  });
});
