import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { echoText, probe, type Probe } from './link-harness.ts';

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

interface ServantProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly port: number;
}

async function startServantProcess(port: number): Promise<ServantProcess> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', SERVANT, String(port)],
    { cwd: fileURLToPath(new URL('.', import.meta.url)), stdio: ['pipe', 'pipe', 'inherit'] },
  );
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  const line = await createInterface(child.stdout)[Symbol.asyncIterator]().next();
  return { child, pid: child.pid!, port: Number(line.value) };
}

/** Returns its argument, or its process id for `pid`. It ends with its parent. */
const SERVANT = `
  import { createServantServer } from '../server/servant-server.ts';
  import { method } from '../calls/method.ts';
  import { createServantAdapter } from '../calls/servant-adapter.ts';
  import { required } from '../wire/struct.ts';
  import { t } from '../wire/types.ts';
  const echo = method('Test.Echo.echo', { text: required(1, t.string) }, { ret: required(0, t.string) });
  const adapter = createServantAdapter(
    { echo },
    { echo: async ({ text }) => ({ ret: text === 'pid' ? String(process.pid) : text }) },
  );
  const server = createServantServer({
    host: '127.0.0.1',
    port: Number(process.argv[1]),
    servants: new Map([['Test.EchoServer.EchoObj', adapter]]),
  });
  console.log((await server.listen()).port);
  process.stdin.on('close', () => process.exit());
  process.stdin.resume();
`;
