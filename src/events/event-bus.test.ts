import { describe, expect, test } from 'vitest';
import { createEventBus } from './event-bus.ts';

function createBus() {
  const errors: unknown[] = [];
  return { bus: createEventBus((error) => void errors.push(error)), errors };
}

describe('the event bus', () => {
  test('calls a listener only while it is added', () => {
    const { bus } = createBus();
    const heard: string[] = [];
    const listener = ({ room }: { room: string }): void => void heard.push(room);
    bus.emit('room.opened', { room: 'unheard' });
    bus.on('room.opened', listener);
    bus.emit('room.opened', { room: 'heard' });
    bus.off('room.opened', listener);
    bus.emit('room.opened', { room: 'unheard again' });
    bus.once('room.opened', listener);
    bus.emit('room.opened', { room: 'heard once' });
    bus.emit('room.opened', { room: 'no more' });
    bus.on('room.closed', listener);
    bus.emit('room.opened', { room: 'not of interest' });
    bus.emit('room.closed', { room: 'heard at last' });
    expect(heard).toEqual(['heard', 'heard once', 'heard at last']);
  });

  test('refuses a listener that is no function, before anything happens', () => {
    const { bus, errors } = createBus();
    for (const listener of ['log', {}, undefined, null] as never[]) {
      expect(() => bus.on('room.opened', listener)).toThrow(TypeError);
      expect(() => bus.once('room.opened', listener)).toThrow('a listener must be a function');
    }
    bus.emit('room.opened', { room: 'room1' });
    expect([bus.isHeard('room.opened'), errors]).toEqual([false, []]);
  });

  test('still calls one listener after another is removed', () => {
    const { bus } = createBus();
    const heard: string[] = [];
    const removed = (): void => void heard.push('removed');
    bus.on('room.opened', removed);
    bus.on('room.opened', () => void heard.push('stays'));
    bus.off('room.opened', removed);
    bus.off('room.opened', removed);
    bus.emit('room.opened', { room: 'one' });
    expect(heard).toEqual(['stays']);
  });

  test('calls the other listeners when one throws', () => {
    const { bus, errors } = createBus();
    const heard: string[] = [];
    bus.on('room.opened', () => {
      throw new Error('broken');
    });
    bus.on('room.opened', ({ room }) => void heard.push(room));
    bus.emit('room.opened', { room: 'one' });
    expect(heard).toEqual(['one']);
    expect(errors).toEqual([new Error('broken')]);
  });
});
