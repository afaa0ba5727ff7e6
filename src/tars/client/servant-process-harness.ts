/** For tests of servants that die or hang: the echo servant as a process of its own. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export interface ServantProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly port: number;
}

/** Starts the echo of the link harness as a process, at a port or at a free one. It is killed after the test. */
export async function startServantProcess(port = 0): Promise<ServantProcess> {
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
