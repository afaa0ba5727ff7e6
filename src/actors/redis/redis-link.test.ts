import { expect, test } from 'vitest';
import { FakeClock } from '../../system/clock-harness.ts';
import { createMachines } from '../machines.ts';
import { NO_OBSERVER } from '../runtime/live-machine.ts';
import { DEFAULT_REDIS_LINK_POLICY } from './redis-link-events.ts';
import { createRedisLinks } from './redis-links.ts';

/** The test is Redis: it lets connecting succeed or fail, and answers probes or does not. */
function create() {
  const clock = new FakeClock();
  const told: string[] = [];
  const did: string[] = [];
  let opening: Record<'heard' | 'done', () => void> & Record<'lost' | 'fail', (error: Error) => void> = {
    heard: () => {},
    lost: () => undefined,
    done: () => {},
    fail: () => undefined,
  };
  const link = {
    address: 'r:1',
    isAlive: false,
    open: (heard: () => void, lost: (error: Error) => void) =>
      new Promise<void>((done, fail) => {
        opening = { heard, lost, done, fail };
        did.push('open');
      }),
    use: () => void did.push('use'),
    probe: () => void did.push('probe'),
    close: () => void did.push('close'),
  };
  const links = createRedisLinks({
    machine: createMachines(NO_OBSERVER, () => clock.monotonic()).redisLink,
    policy: DEFAULT_REDIS_LINK_POLICY,
    clock,
    events: { emit: (name) => void told.push(name), isHeard: () => true },
    random: () => 1,
  });
  links.start(link);
  const state = () => links.states()[0]?.state;
  const take = () => did.splice(0);
  async function connect() {
    opening.done();
    await settle();
  }
  /** A timer that is started while time passes is seen too. */
  function pass(ms: number) {
    for (let left = ms; left > 0; left -= 1) clock.increment(1);
  }
  return { clock, pass, told, link, links, state, take, connect, now: () => opening };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

test('a link is ready as long as it hears itself, and rests when nobody asks for more', async () => {
  const { pass, told, state, take, connect, now } = create();
  expect([state(), take()]).toEqual(['connecting', ['open']]);
  await connect();
  expect([state(), take()]).toEqual(['ready', ['use']]);
  for (let count = 0; count < 10; count += 1) {
    pass(500);
    expect(take()).toEqual(['probe']);
    now().heard();
  }
  expect([state(), told]).toEqual(['ready', []]);
});

test('a link that hears nothing is silent after a second, and is made anew after two', async () => {
  const { pass, told, state, take, connect } = create();
  await connect();
  pass(1_000);
  expect([state(), told]).toEqual(['silent', ['redis.failed']]);
  pass(999);
  expect([state(), take()]).toEqual(['silent', ['open', 'use', 'probe', 'probe']]);
  pass(1);
  expect([state(), take()]).toEqual(['rebuilding', ['close']]);
  pass(100);
  expect([state(), take()]).toEqual(['connecting', ['open']]);
  await connect();
  expect([state(), told]).toEqual(['ready', ['redis.failed', 'redis.recovered']]);
});

test('a silent link that hears itself again goes on with its connections', async () => {
  const { pass, told, state, take, connect, now } = create();
  await connect();
  pass(1_500);
  now().heard();
  expect([state(), told, take().includes('close')]).toEqual([
    'ready',
    ['redis.failed', 'redis.recovered'],
    false,
  ]);
});

test('a link over which much goes is no silent one, when its probes are late', async () => {
  const { pass, told, state, link, connect } = create();
  await connect();
  link.isAlive = true;
  pass(10_000);
  expect([state(), told]).toEqual(['ready', []]);
});

test('a link that cannot connect tries again after rests that grow to five seconds, and tells it once', async () => {
  const { pass, told, state, take, now } = create();
  const rests: number[] = [];
  for (let count = 0; count < 8; count += 1) {
    now().fail(new Error('no'));
    await settle();
    expect(state()).toBe('rebuilding');
    take();
    let restMs = 0;
    while (take().length === 0) {
      pass(100);
      restMs += 100;
    }
    rests.push(restMs);
  }
  expect([rests, told]).toEqual([[100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000], ['redis.failed']]);
});

test('a link whose connecting takes too long, or breaks, is made anew', async () => {
  const { pass, state, take, now } = create();
  pass(5_000);
  expect([state(), take()]).toEqual(['rebuilding', ['open', 'close']]);
  pass(100);
  now().lost(new Error('gone'));
  expect([state(), take()]).toEqual(['rebuilding', ['open', 'close']]);
});

test('what was told of a link is over when the link is not needed any more', async () => {
  const { pass, told, links, link, connect } = create();
  await connect();
  pass(2_000);
  links.end(link);
  expect(told).toEqual(['redis.failed', 'redis.recovered']);
  links.start(link);
  await connect();
  links.end(link);
  expect(told).toHaveLength(2);
});

test('a link whose machine has failed is started again, and has recovered when it is ready', async () => {
  const { told, link, connect, now, state } = create();
  link.use = () => {
    link.use = () => undefined;
    throw new Error('a fault in it');
  };
  await connect();
  expect([state(), told]).toEqual(['connecting', ['redis.failed']]);
  now().done();
  await connect();
  expect([state(), told]).toEqual(['ready', ['redis.failed', 'redis.recovered']]);
});

test('a link that is stopped is closed, and leaves no timer', async () => {
  const { clock, links, state, take, connect } = create();
  await connect();
  take();
  links.stop();
  expect([state(), take(), clock.timers]).toEqual(['stopped', ['close'], 0]);
});

test('a start that needs Redis fails after its time, and says why', async () => {
  const { pass, links, now } = create();
  const started = links.ready(10_000);
  const settled = links.settled();
  now().fail(new Error('no'));
  await settle();
  await settled;
  pass(10_000);
  await expect(started).rejects.toThrow(
    'Redis cannot be used, and redis.required is set (r:1: Redis does not answer)',
  );
});
