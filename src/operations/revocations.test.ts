import { describe, expect, test } from 'vitest';
import { settle, until } from '../actors/actor-harness.ts';
import type { Order } from '../broker/control/control.ts';
import { createMemoryControl } from '../broker/control/memory-control.ts';
import { createMemoryRevocations } from '../storage/revocations/memory-revocations.ts';
import type { RevocationStore } from '../storage/revocations/revocation-store.ts';
import { FakeClock } from '../system/clock-harness.ts';
import { Revocations } from './revocations.ts';
import { createAllNodes } from './all-nodes.ts';
import { createRevoking } from './revoking.ts';

const DATE = Date.UTC(2030, 0, 1);
const MINUTE = 60_000;

function start(store: RevocationStore = createMemoryRevocations(), maxRevocations?: number) {
  const clock = new FakeClock(DATE);
  const failures: object[] = [];
  const events = { emit: (_: string, event: object) => void failures.push(event), isHeard: () => true };
  const given = maxRevocations === undefined ? {} : { maxRevocations };
  return { clock, store, failures, revocations: new Revocations({ store, clock, events, ...given }) };
}

/** A store that fails while it is told to, and remembers each write. */
function createFaulty() {
  const inner = createMemoryRevocations();
  const store = {
    ...inner,
    isFailing: false,
    writes: [] as number[],
    async write(changes: Parameters<RevocationStore['write']>[0]) {
      store.writes.push(changes.length);
      if (store.isFailing) throw new Error('the disk is full');
      await inner.write(changes);
    },
  };
  return store;
}

describe('what is believed', () => {
  test('is a token that is not revoked, whoever has it', () => {
    const { revocations } = start();
    revocations.add({ token: 't1', until: DATE + MINUTE });
    expect(revocations.check('ann', { id: 't1' })).toBe('invalidToken');
    expect(revocations.check(undefined, { id: 't1' })).toBe('invalidToken');
    expect(revocations.check('ann', { id: 't2' })).toBeUndefined();
    expect(revocations.check('ann', {})).toBeUndefined();
    expect(revocations.check('t1', undefined)).toBeUndefined();
  });

  test('is no token and no name of a user who is revoked', () => {
    const { revocations } = start();
    revocations.add({ user: 'ann' });
    expect(revocations.check('ann', { id: 't1', issuedAt: DATE })).toBe('permissionDenied');
    expect(revocations.check('ann', undefined)).toBe('permissionDenied');
    expect(revocations.check('bob', undefined)).toBeUndefined();
    expect(revocations.check(undefined, undefined)).toBeUndefined();
  });

  test('is a newer token where older ones are revoked, and not one that does not say when it was made', () => {
    const { revocations } = start();
    revocations.add({ user: 'ann', issuedBefore: DATE });
    expect(revocations.check('ann', { issuedAt: DATE - 1 })).toBe('permissionDenied');
    expect(revocations.check('ann', { issuedAt: DATE })).toBeUndefined();
    expect(revocations.check('ann', { id: 't1' })).toBe('permissionDenied');
    expect(revocations.check('ann', undefined)).toBeUndefined();
  });

  test('is everything again when the time is over by the date, or it is lifted', () => {
    const { revocations, clock } = start();
    revocations.add({ token: 't1', until: DATE + MINUTE });
    revocations.add({ user: 'ann', until: DATE + MINUTE });
    revocations.add({ user: 'bob' });
    clock.stepWallClock(MINUTE);
    expect(revocations.check('ann', { id: 't1' })).toBeUndefined();
    expect(revocations.list()).toEqual([{ user: 'bob' }]);
    expect(revocations.lift({ user: 'ann' })).toBe(false);
    expect(revocations.lift({ user: 'bob' })).toBe(true);
    expect(revocations.check('bob', undefined)).toBeUndefined();
  });

  test('is what the latest revocation of a user says', () => {
    const { revocations } = start();
    revocations.add({ user: 'ann' });
    revocations.add({ user: 'ann', issuedBefore: DATE });
    expect(revocations.list()).toEqual([{ user: 'ann', issuedBefore: DATE }]);
  });
});

describe('the store', () => {
  test('is read at the start, and what was said before wins', async () => {
    const { revocations, store } = start();
    await store.write([
      { type: 'add', revocation: { user: 'ann' } },
      { type: 'add', revocation: { user: 'bob' } },
    ]);
    revocations.add({ user: 'ann', issuedBefore: 1 });
    await revocations.load();
    expect(revocations.list()).toEqual([{ user: 'ann', issuedBefore: 1 }, { user: 'bob' }]);
    expect(await store.load()).toEqual([{ user: 'ann', issuedBefore: 1 }, { user: 'bob' }]);
  });

  test('gets many changes in few writes', async () => {
    const store = createFaulty();
    const { revocations } = start(store);
    await revocations.load();
    for (let index = 0; index < 1_000; index += 1) revocations.add({ user: `u${index}` });
    await revocations.written();
    expect(store.writes).toEqual([1, 999]);
  });

  test('that fails is told of, and tried again with what was said since', async () => {
    const store = createFaulty();
    const { revocations, clock, failures } = start(store);
    await revocations.load();
    store.isFailing = true;
    revocations.add({ user: 'ann' });
    await expect(revocations.written()).rejects.toThrow('the disk is full');
    expect(failures[0]).toMatchObject({ error: { message: 'the disk is full' } });
    expect(revocations.check('ann', undefined)).toBe('permissionDenied');
    store.isFailing = false;
    clock.increment(1_000);
    await revocations.written();
    expect(await store.load()).toEqual([{ user: 'ann' }]);
    expect(clock.timers).toBe(0);
  });

  test('is told at the end, and no timer is left', async () => {
    const store = createFaulty();
    const { revocations, clock } = start(store);
    await revocations.load();
    store.isFailing = true;
    revocations.add({ user: 'ann' });
    await expect(revocations.written()).rejects.toThrow('full');
    store.isFailing = false;
    await revocations.close();
    expect(await store.load()).toEqual([{ user: 'ann' }]);
    expect(clock.timers).toBe(0);
  });

  test('that does not answer is waited for for 5 seconds, also at the end', async () => {
    let answer!: () => void;
    const inner = createMemoryRevocations();
    const store: RevocationStore = {
      ...inner,
      async write(changes) {
        await new Promise<void>((resolve) => (answer = resolve));
        await inner.write(changes);
      },
      close: () => new Promise(() => undefined),
    };
    const { revocations, clock, failures } = start(store);
    await revocations.load();
    revocations.add({ user: 'ann' });
    const written = revocations.written();
    clock.increment(5_000);
    await expect(written).rejects.toThrow('needs too long');
    expect(failures).toMatchObject([{ error: { message: 'the store of revocations needs too long' } }]);
    expect(revocations.check('ann', undefined)).toBe('permissionDenied');
    const second = revocations.written();
    answer();
    await second;
    expect(await store.load()).toEqual([{ user: 'ann' }]);
    const closed = revocations.close();
    await until(() => clock.timers > 0);
    clock.increment(5_000);
    await expect(closed).rejects.toThrow('needs too long');
    expect(clock.timers).toBe(0);
  });

  test('that cannot be read is an error', async () => {
    const broken = { ...createMemoryRevocations(), load: () => Promise.reject(new Error('damaged')) };
    await expect(start(broken).revocations.load()).rejects.toThrow('damaged');
  });
});

describe('a store that may be out of reach', () => {
  function startShared() {
    const inner = createMemoryRevocations();
    let tell: (isEmptied?: boolean) => void = () => undefined;
    let isDown = true;
    const store: RevocationStore = {
      ...inner,
      load: () => (isDown ? Promise.reject(new Error('away')) : inner.load()),
      onRestored(listener) {
        tell = listener;
        return () => (tell = () => undefined);
      },
    };
    const clock = new FakeClock(DATE);
    const failures: object[] = [];
    const events = { emit: (_: string, event: object) => void failures.push(event), isHeard: () => true };
    const found: object[] = [];
    const onFound = (some: readonly object[]) => void found.push(...some);
    let toldAgain = 0;
    const onToldAgain = (): void => void (toldAgain += 1);
    const revocations = new Revocations({ store, clock, events, onFound, onToldAgain });
    async function restore(isEmptied?: boolean): Promise<void> {
      isDown = false;
      tell(isEmptied);
      await settle();
    }
    return { inner, clock, failures, found, revocations, restore, toldAgain: () => toldAgain };
  }

  test('lets nobody in who shows something, until it was read', async () => {
    const { inner, revocations, failures, clock, restore } = startShared();
    await inner.write([{ type: 'add', revocation: { user: 'ann' } }]);
    await revocations.load();
    expect(failures).toMatchObject([{ error: { message: 'away' } }]);
    expect(revocations.check('bob', undefined)).toBe('internal');
    expect(revocations.check(undefined, { id: 't' })).toBe('internal');
    expect(revocations.check(undefined, undefined)).toBeUndefined();
    await restore();
    expect(revocations.check('bob', undefined)).toBeUndefined();
    expect(revocations.check('ann', undefined)).toBe('permissionDenied');
    await revocations.close();
    expect(clock.timers).toBe(0);
  });

  test('is read again each time: what others have changed holds, and ends what is open', async () => {
    const { inner, revocations, found, restore } = startShared();
    await inner.write([{ type: 'add', revocation: { user: 'ann' } }]);
    await revocations.load();
    await restore();
    revocations.add({ user: 'own' });
    await revocations.written();
    await inner.write([
      { type: 'lift', what: { user: 'ann' } },
      { type: 'add', revocation: { user: 'carl' } },
    ]);
    await restore();
    expect(revocations.list()).toEqual([{ user: 'own' }, { user: 'carl' }]);
    expect(found).toEqual([{ user: 'ann' }, { user: 'carl' }]);
  });

  test('is told again what it has lost', async () => {
    const { inner, revocations, restore } = startShared();
    await revocations.load();
    await restore();
    revocations.add({ user: 'ann' });
    await revocations.written();
    await inner.write([{ type: 'lift', what: { user: 'ann' } }]);
    await restore();
    expect(await inner.load()).toEqual([{ user: 'ann' }]);
  });

  test('is told again also where somebody has written to it since it was lost, and others are told to read it', async () => {
    const { inner, revocations, found, restore, toldAgain } = startShared();
    await revocations.load();
    await restore();
    revocations.add({ user: 'ann' });
    await revocations.written();
    await inner.write([
      { type: 'lift', what: { user: 'ann' } },
      { type: 'add', revocation: { user: 'bob' } },
    ]);
    await restore(true);
    expect(await inner.load()).toEqual([{ user: 'bob' }, { user: 'ann' }]);
    expect(revocations.list()).toEqual([{ user: 'ann' }, { user: 'bob' }]);
    expect([found, toldAgain()]).toEqual([[{ user: 'bob' }], 1]);
    await restore();
    expect(toldAgain()).toBe(1);
  });

  test('is read once more when others have told it again while it was read', async () => {
    const { inner, revocations, restore } = startShared();
    await revocations.load();
    const restored = restore();
    revocations.reload();
    await inner.write([{ type: 'add', revocation: { user: 'ann' } }]);
    await restored;
    await settle();
    expect(revocations.check('ann', undefined)).toBe('permissionDenied');
  });
});

test('there are so many and no more, and what is over makes room', () => {
  const { revocations, clock } = start(undefined, 2);
  expect(revocations.add({ user: 'ann', until: DATE + MINUTE })).toBe(true);
  expect(revocations.add({ user: 'bob' })).toBe(true);
  expect(revocations.add({ user: 'carl' })).toBe(false);
  expect(revocations.add({ user: 'ann', until: DATE + MINUTE })).toBe(true);
  clock.stepWallClock(MINUTE);
  expect(revocations.add({ user: 'carl' })).toBe(true);
  expect(revocations.list()).toEqual([{ user: 'bob' }, { user: 'carl' }]);
});

test('one that is known is replaced also where there are as many as may be', async () => {
  const { revocations, clock } = start(undefined, 1);
  await revocations.load();
  const control = {
    ...createMemoryControl(),
    order: (order: Order) => order.type === 'revoke' && revocations.add(order),
  };
  const nodes = createAllNodes(control, { emit: () => undefined, isHeard: () => false });
  const { revoke } = createRevoking({ nodes, clock, revocations });
  expect(await revoke({ user: 'ann' })).toEqual({});
  expect(await revoke({ user: 'bob' })).toMatchObject({ refusal: { error: 'limitExceeded' } });
  expect(await revoke({ user: 'ann', issuedBefore: DATE })).toEqual({});
  expect(revocations.list()).toMatchObject([{ user: 'ann', issuedBefore: DATE }]);
});
