/** Runs the load generator in C against a server: it is compiled once for all measurements, where there is a C compiler. */

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { readCpuMicros } from '../accounting.ts';
import type { Contender } from '../contender.ts';
import { DIALECTS } from '../load/dialect.ts';
import type { Target } from '../load/wire-client.ts';
import { makeMessage } from '../load/speech.ts';
import { within } from '../processes.ts';
import type { Sample } from '../results/results.ts';
import { RUN_IN_MS, SLICES, type Setup } from '../scenario.ts';
import type { GiveWay } from '../turns.ts';

const SOURCE = fileURLToPath(new URL('room-load.c', import.meta.url));
const READY_MS = 30_000;
/** How long a measurement may take beyond its time. */
const SETTLE_MS = 30_000;
/** In the program, this is the number of the connection's room. */
const ROOM = '%r';

export interface NativeLoad {
  readonly rooms: number;
  readonly membersPerRoom: number;
  /** The messages of a speaker on their way. */
  readonly window: number;
  /** The length of a message. */
  readonly bytes: number;
}

/** What came in one measurement. */
interface Counted {
  readonly seconds: number;
  /** In that time. */
  readonly deliveries: number;
  /** And until all was answered. */
  readonly total: number;
}

export function hasCompiler(): boolean {
  return spawnSync('cc', ['--version']).status === 0;
}

let compiled: string | undefined;

/** Returns the path of the program, which is there until this process ends. */
function compile(): string {
  if (compiled !== undefined) return compiled;
  const folder = mkdtempSync(join(tmpdir(), 'room-load-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  const program = join(folder, 'room-load');
  execFileSync('cc', ['-O2', '-o', program, SOURCE]);
  compiled = program;
  return program;
}

export async function measureNative(
  contender: Contender,
  load: NativeLoad,
  { warmUpMs, measureMs }: Setup,
  giveWay: GiveWay,
): Promise<Sample> {
  const program = compile();
  const server = await contender.start();
  try {
    const generator = await startGenerator(program, server.target, load);
    try {
      for (const warmAt = readCpuMicros(server.target.pid) + warmUpMs * 1_000; ;) {
        await generator.go(RUN_IN_MS);
        if (readCpuMicros(server.target.pid) >= warmAt) break;
      }
      let [seconds, deliveries, total, serverCpu, loadCpu] = [0, 0, 0, 0, 0];
      for (let slice = 0; slice < SLICES; slice += 1) {
        await giveWay();
        await generator.go(RUN_IN_MS);
        const [server0, load0] = [readCpuMicros(server.target.pid), readCpuMicros(generator.pid)];
        const counted = await generator.go(measureMs / SLICES);
        serverCpu += readCpuMicros(server.target.pid) - server0;
        loadCpu += readCpuMicros(generator.pid) - load0;
        seconds += counted.seconds;
        deliveries += counted.deliveries;
        total += counted.total;
      }
      return {
        rate: deliveries / seconds,
        cost: serverCpu / total,
        serverBusy: serverCpu / 1e6 / seconds,
        loadBusy: loadCpu / 1e6 / seconds,
      };
    } finally {
      await generator.stop();
    }
  } finally {
    await server.stop();
  }
}

async function startGenerator(program: string, { port, dialect }: Target, load: NativeLoad) {
  const words = DIALECTS[dialect];
  const { path, opening = '', hasLines = false } = words;
  const said = words.sayInRoom(ROOM, makeMessage(load.bytes));
  const connections = load.rooms * load.membersPerRoom;
  const numbers = [connections, load.rooms, load.window, hasLines ? 1 : 0].map(String);
  const args = [String(port), path, ...numbers, opening, words.join(ROOM).frame, said.frame, said.answer];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const line = await lines.next();
    if (line.done === true) throw new Error('the load generator has ended');
    return line.value;
  };
  await within(READY_MS, 'all members to join', next());
  return {
    pid: child.pid ?? 0,
    async go(ms: number): Promise<Counted> {
      child.stdin.write(`go ${Math.round(ms)}\n`);
      return JSON.parse(await within(ms + SETTLE_MS, 'messages to be answered', next())) as Counted;
    },
    async stop() {
      child.stdin.end();
      if (child.exitCode === null) await within(READY_MS, 'the load generator to end', once(child, 'exit'));
    },
  };
}
