/** Sends a server's metrics to the platform at an interval. */

import { createPropertyProxy, type PropertyBody, type PropertyHead } from '../../tars/servants/platform.ts';
import { PLATFORM_DEADLINE_MS, watchReachability, type PartOptions } from '../calls/platform-caller.ts';
import { createRepeating, type Repeating } from '../calls/repeating.ts';
import type { ServerNumbers } from './server-numbers.ts';
import { nameModule } from '../calls/set-name.ts';
import type { TarsConf } from '../../config/tars-conf/tars-conf.ts';

export interface PropertyReporterOptions extends PartOptions {
  /** Reads the metrics and resets those that are sums; undefined when there are none. */
  readonly read: () => ServerNumbers | undefined;
}

/** A failed report is dropped, except its number of messages, which is added to the next report. */
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
