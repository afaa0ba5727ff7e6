import { pino } from 'pino';
import { FakeClock } from '../../system/clock-harness.ts';
import { describe, expect, test } from 'vitest';
import { createEventBus } from '../../events/event-bus.ts';
import { RPC_ERRORS, type RpcFailure } from '../../protocol/rpc-errors.ts';
import { RedisDownError } from '../../redis/redis.ts';
import { logEvents } from './event-log.ts';

const INFO = 30;
const WARN = 40;
const ERROR = 50;

function createLog(level = 'info') {
  const lines: Record<string, unknown>[] = [];
  const stream = {
    write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  };
  const clock = new FakeClock();
  const bus = createEventBus((error) => {
    throw error;
  });
  const log = pino({ level, base: null, timestamp: false }, stream);
  logEvents(bus, log, clock);
  return { bus, clock, lines, log };
}

describe('a failed call', () => {
  test.each(Object.keys(RPC_ERRORS) as RpcFailure[])(
    'is a line at the default level, with function and reason: %s',
    (failure) => {
      const { bus, lines } = createLog();
      const error = new Error('the details');
      bus.emit('rpc.failed', { servant: 'hello', func: 'add', failure, trace: 'a trace', error });
      expect(lines).toEqual([
        {
          level: WARN,
          servant: 'hello',
          func: 'add',
          failure,
          trace: 'a trace',
          reason: RPC_ERRORS[failure].message,
          err: expect.objectContaining({ message: 'the details' }),
          msg: 'rpc.failed',
        },
      ]);
    },
  );

  test('is counted when it repeats: one line of a kind in ten seconds', () => {
    const { bus, clock, lines } = createLog();
    const fail = (func: string, failure: RpcFailure): void =>
      bus.emit('rpc.failed', { servant: 'hello', func, failure });
    for (let left = 1_000; left > 0; left -= 1) {
      fail('add', 'circuitOpen');
      fail('sub', 'timedOut');
    }
    expect(lines).toMatchObject([
      { func: 'add', failure: 'circuitOpen' },
      { func: 'sub', failure: 'timedOut' },
    ]);
    clock.increment(10_000);
    expect(lines.slice(2)).toMatchObject([
      { func: 'add', failure: 'circuitOpen', count: 999 },
      { func: 'sub', failure: 'timedOut', count: 999 },
    ]);
    expect(lines[0]).not.toHaveProperty('count');
  });
});

test('a flood of wrong secrets is counted', () => {
  const { bus, clock, lines } = createLog();
  for (let left = 500; left > 0; left -= 1)
    bus.emit('access.refused', { to: 'Statecast.Push', remoteAddress: `10.0.0.${left % 9}` });
  bus.emit('access.refused', { to: 'the inspector' });
  expect(lines.map(({ to }) => to)).toEqual(['Statecast.Push', 'the inspector']);
  clock.increment(10_000);
  expect(lines.slice(2)).toMatchObject([{ level: WARN, to: 'Statecast.Push', count: 499 }]);
});

test('a thousand actors that are stuck in one state are one line, with their number', () => {
  const { bus, clock, lines } = createLog();
  const stuck = { machine: 'connection', seconds: 31, maxSeconds: 30 };
  for (let id = 0; id < 1_000; id += 1)
    bus.emit('state.stuck', { ...stuck, state: 'closing', id: String(id) });
  bus.emit('state.stuck', { ...stuck, state: 'greeting', id: 'another' });
  expect(lines).toMatchObject([{ level: WARN, state: 'closing', id: '0' }, { state: 'greeting' }]);
  clock.increment(10_000);
  expect(lines.slice(2)).toMatchObject([{ level: WARN, state: 'closing', count: 999 }]);
});

test('each use of the control is a line, and refused ones are counted', () => {
  const { bus, clock, lines } = createLog();
  const act = { act: 'kick', target: 'connection c1', remoteAddress: '10.0.0.1' };
  for (let left = 3; left > 0; left -= 1) bus.emit('control.used', { ...act, outcome: 'done' });
  for (let left = 500; left > 0; left -= 1) bus.emit('control.used', { ...act, outcome: 'refused' });
  expect(lines).toMatchObject([
    { level: INFO, msg: 'control.used', ...act, outcome: 'done' },
    { outcome: 'done' },
    { outcome: 'done' },
    { outcome: 'refused' },
  ]);
  clock.increment(10_000);
  expect(lines.slice(4)).toMatchObject([{ outcome: 'refused', count: 499 }]);
  bus.emit('control.used', { ...act, act: 'close', outcome: 'refused' });
  expect(lines.at(-1)).toMatchObject({ act: 'close', outcome: 'refused' });
});

test('what is refused to one address is counted by its kind, and long names of rooms are cut', () => {
  const { bus, clock, lines } = createLog();
  const told = { kind: 'refused', reason: 'the room name is longer than 255 bytes', code: 107 } as const;
  for (let left = 500; left > 0; left -= 1)
    bus.emit('problem.noted', { ...told, room: 'x'.repeat(60_000), client: 'a', address: '10.0.0.1' });
  bus.emit('problem.noted', { ...told, room: 'lobby', client: 'b', address: '10.0.0.2' });
  expect(lines).toMatchObject([
    { level: 30, room: `${'x'.repeat(255)}…`, client: 'a' },
    { level: 30, room: 'lobby', client: 'b' },
  ]);
  clock.increment(10_000);
  expect(lines.slice(2)).toMatchObject([{ client: 'a', count: 499 }]);
});

test('other events are all written, and without the text of messages', () => {
  const { bus, lines } = createLog('trace');
  for (let left = 2; left > 0; left -= 1)
    bus.emit('message.published', { room: 'a', data: 'secret', offset: 1, epoch: 'e' });
  const line = { level: 10, room: 'a', offset: 1, epoch: 'e', msg: 'message.published' };
  expect(lines).toEqual([line, line]);
});

test('what is below the level is not written', () => {
  const { bus, lines, log } = createLog('error');
  bus.emit('rpc.failed', { servant: 'hello', func: 'add', failure: 'refused' });
  expect(lines).toEqual([]);
  log.level = 'warn';
  bus.emit('rpc.failed', { servant: 'hello', func: 'add', failure: 'refused' });
  expect(lines).toHaveLength(1);
});

test('neither the text of a message nor the info of members is in a line', () => {
  const { bus, lines } = createLog('trace');
  const member = { id: 'c1', user: 'ann', info: { name: 'sesame' } };
  bus.emit('connection.opened', { remoteAddress: '::1', ...member });
  bus.emit('member.joined', { room: 'a', member, resumed: false });
  bus.emit('message.published', { room: 'a', data: 'sesame', offset: 1, epoch: 'e', from: member });
  expect(lines).toMatchObject([
    { id: 'c1', user: 'ann', remoteAddress: '::1' },
    { room: 'a', member: { id: 'c1', user: 'ann' } },
    { room: 'a', from: { id: 'c1', user: 'ann' } },
  ]);
  expect(JSON.stringify(lines)).not.toContain('sesame');
});

test('what fails because Redis is away is a line, and then counted', () => {
  const { bus, lines, clock } = createLog();
  const error = new RedisDownError('Redis cannot be reached');
  for (const room of ['a', 'b', 'c']) bus.emit('part.failed', { part: 'presence', room, error });
  expect(lines).toHaveLength(1);
  clock.increment(60_000);
  expect(lines).toMatchObject([{ room: 'a' }, { count: 2 }]);
});

test('that Redis is away is told with its reason, without a stack', () => {
  const { bus, lines } = createLog();
  bus.emit('redis.failed', { address: 'r:6379', error: new Error('connect ECONNREFUSED') });
  bus.emit('store.failed', { error: new RedisDownError('Redis cannot be reached') });
  expect(lines).toEqual([
    { level: ERROR, address: 'r:6379', reason: 'connect ECONNREFUSED', msg: 'redis.failed' },
    { level: ERROR, reason: 'Redis cannot be reached', msg: 'store.failed' },
  ]);
});
