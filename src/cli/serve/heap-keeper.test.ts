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
  const heap = {
    setTight: (isTight: boolean) => void asked.push(isTight ? 'tight' : 'roomy'),
    collect: () => void asked.push('collect'),
  };
  keepHeap(events, heap, (callback) => void looks.push(callback));
});

function open(count: number): void {
  for (let id = 0; id < count; id += 1)
    events.emit('connection.opened', { remoteAddress: '::1', id: String(id) });
}

function close(count: number): void {
  for (let id = 0; id < count; id += 1)
    events.emit('connection.closed', { code: 1000, reason: '', id: String(id) });
}

function letTimePass(): void {
  for (const look of looks.splice(0)) look();
}

test('leaves the heap as it is while few clients come and go', () => {
  open(999);
  letTimePass();
  close(999);
  letTimePass();
  expect(asked).toEqual([]);
  expect(looks).toEqual([]);
});

test('keeps the heap tight while thousands come, and not any more when they have settled', () => {
  open(1_000);
  expect(asked).toEqual(['tight']);
  letTimePass();
  open(1_500);
  letTimePass();
  open(10);
  expect(asked).toEqual(['tight']);
  letTimePass();
  expect(asked).toEqual(['tight', 'roomy']);
  expect(looks).toEqual([]);
});

test('collects what thousands leave behind, once', () => {
  open(3_000);
  letTimePass();
  letTimePass();
  close(2_100);
  letTimePass();
  letTimePass();
  expect(asked).toEqual(['tight', 'roomy', 'tight', 'roomy', 'collect']);
  close(800);
  letTimePass();
  open(500);
  letTimePass();
  expect(asked.slice(5)).toEqual([]);
});

test('collects what a crowd leaves behind that goes little by little', () => {
  open(2_000);
  letTimePass();
  letTimePass();
  for (let part = 0; part < 5; part += 1) {
    close(300);
    letTimePass();
  }
  expect(asked).toEqual(['tight', 'roomy', 'collect']);
});

test('does not collect while most of a crowd stay connected', () => {
  open(4_000);
  letTimePass();
  letTimePass();
  close(1_000);
  letTimePass();
  letTimePass();
  expect(asked).toEqual(['tight', 'roomy', 'tight', 'roomy']);
});
