import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { echoText, probe, type Probe } from './link-harness.ts';
import { startServantProcess } from './servant-process-harness.ts';

describe('a servant that is killed', () => {
  test('under load is called again as soon as it is back on its port', async () => {
    const first = await startServantProcess(0);
    const one = probe([first.port]);
    await one.link.open();
    const load = startLoad(one, 64);
    await load.reached(500);

    const exited = once(first.child, 'exit');
    first.child.kill('SIGKILL');
    await one.next('closed');
    await load.stop();
    // Its connections may end a moment before its port is free.
    await exited;
    const lost = one.told.filter((event) => event.type === 'lost');
    expect(lost).toMatchObject([{ error: { code: 'connectionLost' } }]);
    // Every call was either answered or reported as lost, and only once.
    expect(load.sent.size).toBe(load.answered + lost[0]!.requestIds.length);
    await expect(one.link.open()).rejects.toMatchObject({ code: 'refused' });

    const second = await startServantProcess(first.port);
    await one.link.open();
    const texts = Array.from({ length: 200 }, (_, index) => `after ${index}`);
    const replies = await Promise.all(texts.map((text) => one.call(text)));
    expect(replies.map(echoText)).toEqual(texts);
    expect(second.port).toBe(first.port);
  });

  test('is replaced by another one, and used again when it is back', async () => {
    const [first, second] = await Promise.all([startServantProcess(0), startServantProcess(0)]);
    const both = probe([first.port, second.port]);
    await both.link.open();
    await reachBoth(both, [first.pid, second.pid]);

    first.child.kill('SIGKILL');
    await both.next('lost');
    for (let left = 100; left > 0; left--) expect(await pidOf(both)).toBe(second.pid);

    const third = await startServantProcess(first.port);
    await reachBoth(both, [second.pid, third.pid]);
    expect(both.told.filter(({ type }) => type === 'closed')).toEqual([]);
  });
});

/** Keeps so many calls in flight until it is stopped or the link refuses a call. */
function startLoad({ call }: Probe, inFlight: number) {
  const sent = new Set<string>();
  let answered = 0;
  let isStopped = false;
  let wanted = { calls: Infinity, reached: () => {} };

  async function keepCalling(caller: number): Promise<void> {
    for (let turn = 0; !isStopped; turn++) {
      const text = `${caller}.${turn}`;
      const calling = call(text);
      sent.add(text);
      try {
        await calling;
      } catch {
        // The link refused the call.
        sent.delete(text);
        return;
      }
      answered += 1;
      if (answered >= wanted.calls) wanted.reached();
    }
  }

  for (let caller = 0; caller < inFlight; caller++) void keepCalling(caller);
  return {
    sent,
    get answered() {
      return answered;
    },
    reached: (calls: number) =>
      new Promise<void>((reached) => {
        wanted = { calls, reached };
      }),
    async stop() {
      isStopped = true;
      // By then the calls that were just answered are counted.
      await nextTurn();
    },
  };
}

async function pidOf({ call }: Probe): Promise<number> {
  return Number(echoText(await call('pid')));
}

/** Calls until both have answered. */
async function reachBoth(both: Probe, pids: readonly number[]): Promise<void> {
  const missing = new Set(pids);
  while (missing.size > 0) missing.delete(await pidOf(both));
}
