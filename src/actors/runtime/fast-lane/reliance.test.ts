/** Checks XState's mailboxes and actors. If an upgrade of XState breaks a test, the fast lane must be adapted. */

import { describe, expect, test } from 'vitest';
import { createActor, type EventObject } from 'xstate';
import { calls, during, machine, start, type Inside } from './reliance-harness.ts';

describe('XState', () => {
  test('has an active mailbox without a current event while the actor is idle', () => {
    const actor = createActor(machine);
    const inside = actor as unknown as Inside;
    expect(inside.mailbox._active).toBe(false);
    actor.start();
    expect(inside.mailbox).toMatchObject({ _active: true, _current: null, _last: null });
    actor.stop();
    expect(inside.mailbox).toMatchObject({ _active: false, _current: null });
  });

  test('has the event that is being handled as the current one of the mailbox, and later events after it', () => {
    const { actor, inside } = start();
    const seen: unknown[] = [];
    const { mailbox } = inside;
    during(actor, () => {
      seen.push(mailbox._current?.value.type, mailbox._current === mailbox._last);
      actor.send({ type: 'first' });
      actor.send({ type: 'second' });
      const { _current: current, _last: last } = mailbox;
      seen.push(
        current?.next?.value.type,
        current?.next?.next?.value.type,
        current?.next?.next === last,
        last?.next,
      );
    });
    expect(seen).toEqual(['bare', true, 'first', 'second', true, null]);
    expect(Object.keys(mailbox._current ?? { value: 0, next: 0 })).toEqual(['value', 'next']);
    expect(mailbox).toMatchObject({ _current: null, _last: null });
  });

  test('handles, by flush, the current event of the mailbox and all events after it', () => {
    const { actor, inside } = start();
    const letter = { value: { type: 'bare' }, next: { value: { type: 'around' }, next: null } };
    inside.mailbox._current = letter;
    inside.mailbox._last = letter.next;
    actor.send({ type: 'plain' });
    expect(calls).toEqual([]);
    inside.mailbox.flush();
    expect(calls.map(({ args }) => (args as { event: EventObject }).event.type)).toEqual([
      'bare',
      'around',
      'plain',
      'plain',
    ]);
    expect(inside.mailbox).toMatchObject({ _current: null, _last: null });
  });

  test('keeps the current event and drops those after it when an actor is stopped during an event', () => {
    const { actor, inside } = start();
    let behind: unknown;
    during(actor, () => {
      actor.send({ type: 'dropped' });
      actor.stop();
      behind = inside.mailbox._current?.next?.value;
    });
    expect(behind).toEqual({ type: 'xstate.stop' });
  });

  test('has the processing status 2 when an actor was stopped or has failed, and not before', () => {
    const [stopped, failed] = [start(), start()];
    failed.actor.subscribe({ error() {} });
    expect(stopped.inside._processingStatus).not.toBe(2);
    stopped.actor.stop();
    const look = (): never => {
      throw new Error('no');
    };
    failed.actor.send({ type: 'bare', look });
    expect([stopped.inside._processingStatus, failed.inside._processingStatus]).toEqual([2, 2]);
  });

  test('processes an event by the transition of the logic, with the snapshot and the scope of the actor', () => {
    const { actor, inside } = start();
    const before = actor.getSnapshot();
    const asked: unknown[] = [];
    const logic = Object.create(inside.logic, {
      transition: {
        value: (snapshot: unknown, event: unknown, scope: { self: unknown }) => {
          asked.push(snapshot, event, scope.self);
          return snapshot;
        },
      },
    }) as Inside['logic'];
    Object.assign(inside, { logic });
    const event = { type: 'bare' };
    inside._process(event);
    expect(asked).toEqual([before, event, actor]);
    expect(asked[0]).toBe(before);
  });

  test('ends an actor whose transition throws, also when `_process` is called directly', () => {
    const { actor, inside } = start();
    const told: unknown[] = [];
    actor.subscribe({ error: (error) => void told.push(error) });
    const { mailbox } = inside;
    const error = new Error('no');
    inside._process({
      type: 'bare',
      look: () => {
        throw error;
      },
    } as EventObject);
    expect(told).toEqual([error]);
    expect(actor.getSnapshot()).toMatchObject({ status: 'error', error });
    expect(inside.observers.size).toBe(0);
    expect(inside.mailbox).not.toBe(mailbox);
  });

  test('calls, by update, the observers that have a `next` listener, for each event', () => {
    const { actor, inside } = start();
    actor.subscribe({ error() {} });
    expect([...inside.observers].map(({ next }) => next)).toEqual([undefined]);
    const told: unknown[] = [];
    actor.subscribe((snapshot) => void told.push(snapshot));
    actor.send({ type: 'bare' });
    actor.send({ type: 'unheard' });
    inside.update(actor.getSnapshot(), { type: 'bare' });
    expect(told).toEqual([actor.getSnapshot(), actor.getSnapshot(), actor.getSnapshot()]);
  });
});
