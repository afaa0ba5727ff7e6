/** A servant with two endpoints, one of which hangs while it is called: a stopped process takes connections and is silent. */

import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { ECHO, OBJECT } from '../src/tars/client/link-harness.ts';
import { startServantProcess } from '../src/tars/client/servant-process-harness.ts';
import { startServer } from './support/start-server.ts';

const DEADLINE_MS = 300;
/** About 200 calls a second. */
const CALL_EVERY_MS = 5;

interface Outcome {
  readonly startedAt: number;
  /** Undefined if the call failed. */
  readonly pid: number | undefined;
}

test('a hung endpoint is avoided, and used again when it is back', async () => {
  const [good, hung] = await Promise.all([startServantProcess(), startServantProcess()]);
  onTestFinished(() => void hung.child.kill('SIGCONT'));
  const endpoints = [good, hung].map(({ port }) => `tcp -h 127.0.0.1 -p ${port}`).join(':');
  const { server } = await startServer({
    servants: { echo: { object: `${OBJECT}@${endpoints}`, methods: ECHO } },
    tars: { callSeconds: DEADLINE_MS / 1000 },
  });
  const told: { endpoint: string; circuit: string }[] = [];
  const circuits: string[] = [];
  server.on('servant.endpoint', ({ endpoint, circuit }) => told.push({ endpoint, circuit }));
  server.on('servant.circuit', ({ circuit }) => circuits.push(circuit));

  const outcomes: Outcome[] = [];
  const underWay = new Set<Promise<void>>();
  async function call(): Promise<void> {
    const startedAt = performance.now();
    const pid = await server.rpc.echo.echo({ text: 'pid' }).then(
      ({ ret }) => Number(ret),
      () => undefined,
    );
    outcomes.push({ startedAt, pid });
  }
  const load = setInterval(() => {
    const calling = call().finally(() => underWay.delete(calling));
    underWay.add(calling);
  }, CALL_EVERY_MS);
  onTestFinished(() => clearInterval(load));
  /** Waits for an answer of this process to a call that starts from now on. */
  async function answeredBy(pid: number): Promise<void> {
    const now = performance.now();
    while (!outcomes.some((outcome) => outcome.startedAt >= now && outcome.pid === pid)) await wait(5);
  }
  await Promise.all([answeredBy(good.pid), answeredBy(hung.pid)]);

  hung.child.kill('SIGSTOP');
  const stoppedAt = performance.now();
  const isLater = ({ startedAt }: Outcome) => startedAt >= stoppedAt + 2 * DEADLINE_MS;
  while (outcomes.filter(isLater).length < 400) await wait(5);
  const later = outcomes.filter(isLater);
  const succeeded = later.filter(({ pid }) => pid !== undefined);
  expect(succeeded.length / later.length).toBeGreaterThanOrEqual(0.95);
  expect(succeeded.every(({ pid }) => pid === good.pid)).toBe(true);
  expect(told[0]).toEqual({ endpoint: `tcp -h 127.0.0.1 -p ${hung.port}`, circuit: 'open' });
  // The servant itself is in use all the time.
  expect(circuits).toEqual([]);

  hung.child.kill('SIGCONT');
  await answeredBy(hung.pid);
  clearInterval(load);
  await Promise.all(underWay);
  expect(told.at(-1)).toEqual({ endpoint: `tcp -h 127.0.0.1 -p ${hung.port}`, circuit: 'closed' });
});
