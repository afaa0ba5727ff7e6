/** For tests of the platform's parts: a manual clock, and a platform without sockets. */

import type { Clock } from '../../system/clock.ts';
import { TarsCallError } from '../../tars/calls/caller.ts';
import { RETURN_CODES } from '../../tars/wire/return-codes.ts';
import type { ServantAdapter } from '../../tars/calls/servant-adapter.ts';
import type { PlatformCaller, PlatformLog } from './platform-caller.ts';
import type { TarsConf } from '../../config/tars-conf/tars-conf.ts';

export interface TestClock extends Clock {
  /** Lets time pass and runs all timers that are due, including those that are set meanwhile. */
  pass(ms: number): Promise<void>;
  /** Sets the wall clock forward, or back if `ms` is negative. */
  stepWallClock(ms: number): void;
  /** The number of timers that are set. */
  readonly timers: number;
}

export function createTestClock(start = 1_000_000): TestClock {
  const timers = new Map<number, { at: number; run: () => void }>();
  /** The monotonic time. */
  let now = start;
  /** What the wall clock was set forward by. */
  let stepped = 0;
  let lastId = 0;
  return {
    now: () => now + stepped,
    monotonic: () => now,
    setTimeout(run, delayMs) {
      lastId += 1;
      timers.set(lastId, { at: now + delayMs, run });
      return lastId;
    },
    clearTimeout(id) {
      timers.delete(id as number);
    },
    async pass(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const [due] = [...timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at);
        if (due === undefined) break;
        const [id, { at, run }] = due;
        timers.delete(id);
        now = Math.max(now, at);
        run();
        await settle();
      }
      now = end;
    },
    stepWallClock(ms) {
      stepped += ms;
    },
    get timers() {
      return timers.size;
    },
  };
}

/** Waits until all work without timers is done; it may go through several promises. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
}

export interface MemoryPlatform {
  readonly caller: PlatformCaller;
  /** The called functions, including one-way ones. */
  readonly calls: string[];
  /** While it is set, calls fail as if nothing listens. */
  isDown: boolean;
  /** While it is set, calls are never answered. */
  isHanging: boolean;
}

/** A platform with these objects, without sockets. */
export function createMemoryPlatform(objects: Readonly<Record<string, ServantAdapter>>): MemoryPlatform {
  const platform: MemoryPlatform = {
    calls: [],
    isDown: false,
    isHanging: false,
    caller: (object) => ({
      async call({ func, body }) {
        platform.calls.push(func);
        if (platform.isHanging) await new Promise(() => {});
        const servant = objects[object];
        if (platform.isDown || servant === undefined) {
          throw new TarsCallError(func, RETURN_CODES.connectionFailed, 'nothing listens');
        }
        const reply = await servant.dispatch(func, Uint8Array.from(body));
        if (reply.ret !== 0) throw new TarsCallError(func, reply.ret, 'the servant failed');
        return reply.body;
      },
    }),
  };
  return platform;
}

/** A log that keeps its lines. */
export function createTestLog(): PlatformLog & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (level: string) => (_fields: object, message: string) =>
    void lines.push(`${level}: ${message}`);
  return { lines, info: keep('info'), warn: keep('warn'), error: keep('error') };
}

export const TEST_CONF: TarsConf = {
  file: 'Chat.RoomServer.config.conf',
  app: 'Chat',
  server: 'RoomServer',
  moduleName: 'Chat.RoomServer',
  localIp: '10.0.0.5',
  workers: 1,
  reportIntervalMs: 60_000,
  callTimeoutMs: 5_000,
  stopTimeoutMs: 3_000,
  log: { level: 'INFO', maxBytes: 1_000_000, files: 3 },
  adapters: [
    {
      name: 'Chat.RoomServer.RoomObjAdapter',
      servant: 'Chat.RoomServer.RoomObj',
      endpoint: { host: '127.0.0.1', port: 18_080 },
      protocol: 'not_tars',
      line: 1,
    },
  ],
};
