import { expect, test } from 'vitest';
import { createEventBus } from '../../events/event-bus.ts';
import { watchAlarms } from './alarms.ts';

function setUp() {
  const events = createEventBus((error) => {
    throw error;
  });
  const alarms: string[] = [];
  const unwatch = watchAlarms(events, (level, text) => alarms.push(`${level}: ${text}`));
  return { events, alarms, unwatch };
}

test('a failing store or room, a lost Redis and a servant without answers are alarms', () => {
  const { events, alarms } = setUp();
  events.emit('store.failed', { room: 'lobby', error: new Error('disk full') });
  events.emit('store.failed', { error: 'odd' });
  events.emit('store.recovered', { room: 'lobby' });
  events.emit('redis.failed', { address: 'r:6379', error: new Error('no answer') });
  events.emit('redis.recovered', { address: 'r:6379' });
  events.emit('room.failed', { room: 'lobby', error: new Error('bug'), outcome: 'restarting' });
  events.emit('servant.circuit', { servant: 'hello', circuit: 'open' });
  events.emit('servant.circuit', { servant: 'hello', circuit: 'halfOpen' });
  events.emit('servant.circuit', { servant: 'hello', circuit: 'closed' });
  expect(alarms).toEqual([
    'error: the store failed for room lobby: disk full',
    'error: the store failed: odd',
    'normal: the store recovered for room lobby',
    'error: Redis at r:6379 cannot be used: no answer',
    'normal: Redis at r:6379 can be used again',
    'error: room lobby failed and is restarting: bug',
    'warning: calls of servant hello are stopped: too many failed',
    'normal: calls of servant hello succeed again',
  ]);
});

test('after the watch has ended nothing is an alarm', () => {
  const { events, alarms, unwatch } = setUp();
  unwatch();
  events.emit('store.failed', { error: new Error('disk full') });
  expect(alarms).toEqual([]);
});
