/** Several processes of `statecast serve` on one Redis. They end with their test. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startProcess, type RunningProcess } from './start-process.ts';
import { makeTempDir } from './temp-dir.ts';

/** Rooms whose messages are kept, with their joins and leaves told. */
const KEPT_ROOMS = { '*': { joinLeave: true, history: { size: 10_000, ttlSeconds: 600 } } };

export interface Nodes {
  /** Those that run. */
  readonly all: readonly RunningProcess[];
  /** @param env Settings of this one, as environment variables. */
  start(env?: Readonly<Record<string, string>>): Promise<RunningProcess>;
  /** Ends one as a crash does, and forgets it. */
  kill(node: RunningProcess): Promise<void>;
}

/** @param settings Besides `insecure` and rooms that keep what is said. */
export function prepareNodes(settings: object = {}): Nodes {
  const all: RunningProcess[] = [];
  let files: Promise<string> | undefined;

  async function writeSettings(): Promise<string> {
    const dir = await makeTempDir();
    const file = join(dir, 'settings.json');
    await writeFile(
      file,
      JSON.stringify({
        store: 'memory',
        auth: { insecure: true },
        rooms: KEPT_ROOMS,
        drainSeconds: 5,
        ...settings,
      }),
    );
    return file;
  }

  return {
    all,
    async start(env = {}) {
      files ??= writeSettings();
      const node = await startProcess(['--config', await files, '--log-level', 'warn'], env);
      all.push(node);
      return node;
    },
    async kill(node) {
      all.splice(all.indexOf(node), 1);
      node.kill('SIGKILL');
      await node.exited;
    },
  };
}
