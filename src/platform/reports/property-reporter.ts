/** Sends a server's numbers to the platform now and then. Where they come from it is told. */

import { createPropertyProxy, type PropertyBody, type PropertyHead } from '../../tars/servants/platform.ts';
import type { Clock } from '../../system/clock.ts';
import {
  PLATFORM_DEADLINE_MS,
  watchReachability,
  type PlatformCaller,
  type PlatformLog,
} from '../calls/platform-caller.ts';
import { createRepeating, type Repeating } from '../calls/repeating.ts';
import type { ServerNumbers } from './server-numbers.ts';
import { nameModule } from '../calls/set-name.ts';
import type { TarsConf } from '../../config/tars-conf/tars-conf.ts';

export interface PropertyReporterOptions {
  readonly conf: TarsConf;
  /** The collector's object. */
  readonly object: string;
  readonly caller: PlatformCaller;
  readonly clock: Clock;
  readonly log: PlatformLog;
  /** Reads the numbers, and begins anew with those that add up; nothing when there are none. */
  readonly read: () => ServerNumbers | undefined;
}

/** A report that is not taken is forgotten but for its messages, which the next one brings along. */
export function createPropertyReporter(options: PropertyReporterOptions): Repeating {
  const { conf, object, caller, clock, log, read } = options;
  const property = createPropertyProxy(caller(object));
  const reachability = watchReachability(log, object);
  let unsentMessages = 0;

  return createRepeating(clock, conf.reportIntervalMs, async () => {
    const numbers = read();
    if (numbers === undefined) return;
    unsentMessages += numbers.messages;
    const sent = unsentMessages;
    try {
      await property.reportPropMsg(
        { numbers: toReport(conf, { ...numbers, messages: sent }) },
        { deadlineMs: PLATFORM_DEADLINE_MS },
      );
      unsentMessages -= sent;
      reachability.answered();
    } catch (error) {
      reachability.failed(error);
    }
  });
}

type Values = Readonly<Record<string, number>>;

function toReport(conf: TarsConf, numbers: ServerNumbers): Map<PropertyHead, PropertyBody> {
  const { connections, rooms, messages, memoryBytes, delayMs } = numbers;
  const properties: Readonly<Record<string, Values>> = {
    connections: { Avg: connections, Max: connections },
    rooms: { Avg: rooms, Max: rooms },
    messages: { Sum: messages },
    memoryBytes: { Avg: memoryBytes, Max: memoryBytes },
    eventLoopDelayMs: { Avg: delayMs.mean, Max: delayMs.max },
  };
  return new Map(
    Object.entries(properties).map(([propertyName, values]) => [
      toHead(conf, propertyName),
      { values: Object.entries(values).map(([policy, value]) => ({ policy, value: toText(value) })) },
    ]),
  );
}

function toHead(conf: TarsConf, propertyName: string): PropertyHead {
  const { set } = conf;
  return {
    moduleName: nameModule(conf),
    ip: conf.localIp,
    propertyName,
    ...(set !== undefined && { setName: set.name, setArea: set.area, setId: set.group }),
  };
}

function toText(value: number): string {
  return String(Number(value.toFixed(2)));
}
