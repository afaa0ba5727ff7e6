/** Counts calls of servants and sends the counts to the platform at an interval. */

import { randomUUID } from 'node:crypto';
import { StatMethods, type StatBody, type StatHead } from '../../tars/servants/platform.ts';
import { post } from '../../tars/calls/method.ts';
import { PLATFORM_DEADLINE_MS, watchReachability, type PartOptions } from '../calls/platform-caller.ts';
import { createRepeating } from '../calls/repeating.ts';
import { nameModule } from '../calls/set-name.ts';
import { LATENCY_BOUNDS_MS, toEntry, type CallRecord, type StatEntry } from './stat-counts.ts';
import type { StatStore } from './stat-store.ts';
import { StatTable } from './stat-table.ts';
import type { TarsConf } from '../../config/tars-conf/tars-conf.ts';

/** How often the counts are moved to the store. Later counts are lost if the process is killed. */
const GATHER_MS = 1_000;
/** The most entries of one report: a few dozen kilobytes. */
const ENTRIES_A_REPORT = 200;
const MAX_INT = 2 ** 31 - 1;

export interface StatReporterOptions extends PartOptions {
  /** The store of counts that wait to be sent. It is not closed here. */
  readonly store: StatStore;
}

/** Entries that go to the store together. */
interface Batch {
  readonly id: string;
  readonly entries: readonly StatEntry[];
}

export interface StatReporter {
  /** Counts a finished call. */
  record(call: CallRecord): void;
  start(): void;
  /** Sends the waiting counts, if the platform answers, and stops. */
  stop(): Promise<void>;
}

export function createStatReporter(options: StatReporterOptions): StatReporter {
  const { conf, object, clock, log, store } = options;
  const caller = options.caller(object);
  const reachability = watchReachability(log, object);
  const counted = new StatTable();
  let nextReportAt = -Infinity;
  let isStoreFailing = false;

  /** What the store failed to add. It may have it all the same, so it gets the same again, by the same id. */
  let unsure: Batch | undefined;

  /** Moves what was counted to the store. While the store fails, it stays in `counted`, which has a limited size. */
  async function gather(): Promise<boolean> {
    if (unsure !== undefined && !(await add(unsure))) return false;
    return keep(counted.take());
  }

  async function keep(entries: readonly StatEntry[]): Promise<boolean> {
    return entries.length === 0 || (await add({ id: randomUUID(), entries }));
  }

  async function add(batch: Batch): Promise<boolean> {
    try {
      await store.add(batch.entries, batch.id);
      unsure = undefined;
      isStoreFailing = false;
      return true;
    } catch (err) {
      unsure = batch;
      storeFailed(err);
      return false;
    }
  }

  async function report(): Promise<void> {
    for (;;) {
      let entries: readonly StatEntry[];
      try {
        entries = await store.take(ENTRIES_A_REPORT);
      } catch (err) {
        return storeFailed(err);
      }
      isStoreFailing = false;
      if (entries.length === 0) return;
      if (!(await send(entries))) {
        await keep(entries);
        return;
      }
    }
  }

  async function send(entries: readonly StatEntry[]): Promise<boolean> {
    const calls = new Map(entries.map((entry) => [toHead(conf, entry), toBody(entry)]));
    try {
      const deadline = { deadlineMs: PLATFORM_DEADLINE_MS };
      await post(caller, StatMethods.reportMicMsg, { calls, fromClient: true }, deadline);
      reachability.answered();
      return true;
    } catch (error) {
      reachability.failed(error);
      return false;
    }
  }

  function storeFailed(err: unknown): void {
    if (!isStoreFailing) log.warn({ err }, 'the store of call statistics failed');
    isStoreFailing = true;
  }

  const repeating = createRepeating(clock, GATHER_MS, async () => {
    const isKept = await gather();
    if (!isKept || clock.monotonic() < nextReportAt) return;
    nextReportAt = clock.monotonic() + conf.reportIntervalMs;
    await report();
  });

  return {
    record(call) {
      counted.add(toEntry(call));
    },
    start() {
      // At once: a persistent store may have counts that the last process could not send.
      repeating.start();
    },
    async stop() {
      await repeating.stop();
      if (await gather()) await report();
    },
  };
}

function toHead(conf: TarsConf, { key }: StatEntry): StatHead {
  return {
    masterName: nameModule(conf),
    slaveName: key.server,
    interfaceName: key.func,
    masterIp: conf.localIp,
    slaveIp: key.host,
    slavePort: key.port,
    returnValue: key.ret,
  };
}

function toBody({ counts }: StatEntry): StatBody {
  return {
    count: toInt(counts.succeeded),
    timeoutCount: toInt(counts.timedOut),
    failureCount: toInt(counts.failed),
    intervalCount: new Map(
      LATENCY_BOUNDS_MS.map((bound, index) => [bound, toInt(counts.latencies[index] ?? 0)]),
    ),
    totalTime: counts.totalMs,
    maxTime: toInt(counts.maxMs),
    minTime: toInt(counts.minMs),
  };
}

/** Counts of a very long time may exceed an int32, which could not be encoded. */
function toInt(count: number): number {
  return Math.min(count, MAX_INT);
}
