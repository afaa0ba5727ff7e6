import { expect, test } from 'vitest';
import { createEdgeBus } from '../../edge/edge-bus.ts';
import { watchAlarms } from './alarms.ts';

function setUp() {
  const edge = createEdgeBus((error) => {
    throw error;
  });
  const alarms: string[] = [];
  const unwatch = watchAlarms(edge, (level, text) => alarms.push(`${level}: ${text}`));
  return { edge, alarms, unwatch };
}

test('a failing store, a failing room and a servant without answers are alarms', () => {
  const { edge, alarms } = setUp();
  edge.emit('store.failed', { room: 'lobby', error: new Error('disk full') });
  edge.emit('store.failed', { error: 'odd' });
  edge.emit('store.recovered', { room: 'lobby' });
  edge.emit('room.failed', { room: 'lobby', error: new Error('bug'), outcome: 'restarting' });
  edge.emit('servant.circuit', { servant: 'hello', circuit: 'open' });
  edge.emit('servant.circuit', { servant: 'hello', circuit: 'halfOpen' });
  edge.emit('servant.circuit', { servant: 'hello', circuit: 'closed' });
  expect(alarms).toEqual([
    'error: the store failed for room lobby: disk full',
    'error: the store failed: odd',
    'normal: the store recovered for room lobby',
    'error: room lobby failed and is restarting: bug',
    'warning: calls of servant hello are stopped: too many failed',
    'normal: calls of servant hello succeed again',
  ]);
});

test('after the watch has ended nothing is an alarm', () => {
  const { edge, alarms, unwatch } = setUp();
  unwatch();
  edge.emit('store.failed', { error: new Error('disk full') });
  expect(alarms).toEqual([]);
});
