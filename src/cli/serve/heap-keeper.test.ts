import { beforeEach, expect, test } from 'vitest';
import { createEventBus, type EventBus } from '../../events/event-bus.ts';
import { keepHeap } from './heap-keeper.ts';

let events: EventBus;
let asked: string[];
/** Callbacks that wait for their time. */
let looks: (() => void)[];

beforeEach(() => {
  asked = [];
  looks = [];
  events = createEventBus((error) => {
    throw error;
  });
  keepHeap(events, { collect: () => void asked.push('collect') }, (callback) => void looks.push(callback));
});

function open(count: number): void {
  for (let id = 0; id < count; id += 1)
    events.emit('connection.opened', { remoteAddress: '::1', id: String(id) });
}

function close(count: number): void {
  for (let id = 0; id < count; id += 1)
    events.emit('connection.closed', { code: 1000, reason: '', by: 'client', id: String(id) });
}

function letTimePass(): void {
  for (const look of looks.splice(0)) look();
}

test('leaves the heap as it is while few clients come and go', () => {
  open(500);
  letTimePass();
  close(499);
  letTimePass();
  expect([asked, looks]).toEqual([[], []]);
});

test('collects when thousands have come and settled, and not before', () => {
  open(1_000);
  open(500);
  letTimePass();
  open(100);
  letTimePass();
  expect(asked).toEqual([]);
  open(99);
  letTimePass();
  expect([asked, looks]).toEqual([['collect'], []]);
});

test('collects what thousands leave behind who go, at once or little by little', () => {
  close(2_100);
  letTimePass();
  letTimePass();
  expect(asked).toEqual(['collect']);
  for (let part = 0; part < 3; part += 1) {
    close(400);
    letTimePass();
  }
  letTimePass();
  expect(asked).toEqual(['collect', 'collect']);
});
