import { describe, expect, test } from 'vitest';
import { formatPath, setAt, valueAt } from './path.ts';

describe('a path', () => {
  test('is written with dots between names', () => {
    expect(formatPath(['limits', 'messageBytes'])).toBe('limits.messageBytes');
  });

  test('keeps indexes and odd names apart from its own dots', () => {
    expect(formatPath(['allowedOrigins', 0])).toBe('allowedOrigins[0]');
    expect(formatPath(['rooms', 'chat.*', 'capacity'])).toBe('rooms["chat.*"].capacity');
  });

  test('of the root has a name too', () => {
    expect(formatPath([])).toBe('(all)');
  });

  test('leads to a value, or to nothing where it ends early', () => {
    const value = { rooms: [{ capacity: 3 }] };
    expect(valueAt(value, ['rooms', 0, 'capacity'])).toBe(3);
    expect(valueAt(value, ['rooms', 1, 'capacity'])).toBeUndefined();
    expect(valueAt(value, ['rooms', 'length', 'x'])).toBeUndefined();
    expect(valueAt(null, ['rooms'])).toBeUndefined();
  });

  test('does not lead to what every object inherits', () => {
    expect(valueAt({}, ['constructor'])).toBeUndefined();
  });

  test('is made where it does not exist yet, beside what does', () => {
    const target = { log: { level: 'info' } };
    setAt(target, ['log', 'format'], 'json');
    setAt(target, ['http', 'open'], true);
    expect(target).toEqual({ log: { level: 'info', format: 'json' }, http: { open: true } });
  });
});
