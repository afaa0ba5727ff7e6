/** Writes the events of the server to the log, one line each. The text of a message is never logged. */

import type { Logger } from 'pino';
import type { ServerEvents, ServerEventName } from '../../events/server-events.ts';
import { RPC_ERRORS } from '../../protocol/rpc-errors.ts';
import type { EventBus } from '../../events/event-bus.ts';

type Level = 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** The log level of each event. Frequent ones are `debug` and `trace`, and cost nothing when those are off. */
const LEVELS: Readonly<Record<ServerEventName, Level>> = {
  // The banner tells it already, and scripts wait for the one line that has `listening`.
  'server.listening': 'debug',
  'server.draining': 'info',
  'server.full': 'warn',
  'server.stopped': 'info',
  'connection.opened': 'debug',
  'connection.closed': 'debug',
  'connection.failed': 'error',
  'room.opened': 'debug',
  'room.closed': 'debug',
  'room.failed': 'error',
  'member.joined': 'debug',
  'member.left': 'debug',
  'member.refused': 'info',
  'member.failed': 'error',
  'message.published': 'trace',
  'message.broadcast': 'trace',
  'message.failed': 'error',
  'handler.failed': 'error',
  'servant.connected': 'info',
  'servant.unreachable': 'warn',
  'servant.circuit': 'warn',
  'rpc.failed': 'warn',
  'store.failed': 'error',
  'part.failed': 'error',
  'store.recovered': 'warn',
};

export function logEvents(server: Pick<EventBus, 'on' | 'off'>, log: Logger): void {
  const entries = (Object.keys(LEVELS) as ServerEventName[]).map((name) => ({
    name,
    isListening: false,
    write: (event: ServerEvents[ServerEventName]): void => {
      const level = levelOf(name, event);
      if (log.isLevelEnabled(level)) log[level](toFields(event), name);
    },
  }));

  /** Listens only to events that the level lets through, so that the others cost nothing. */
  function listen(): void {
    for (const entry of entries) {
      const isWanted = log.isLevelEnabled(LEVELS[entry.name]);
      if (isWanted && !entry.isListening) server.on(entry.name, entry.write);
      if (!isWanted && entry.isListening) server.off(entry.name, entry.write);
      entry.isListening = isWanted;
    }
  }

  listen();
  // A TARS platform may change the level of a running server.
  log.on('level-change', listen);
}

/** When a servant is away, thousands of calls may fail: `servant.unreachable` tells it once. */
function levelOf(name: ServerEventName, event: ServerEvents[ServerEventName]): Level {
  const isRepeated = name === 'rpc.failed' && 'failure' in event && RPC_ERRORS[event.failure].retry;
  return isRepeated ? 'debug' : LEVELS[name];
}

/** The event's fields without the message's text, and with the error where pino looks for it. */
function toFields(event: ServerEvents[ServerEventName]): object {
  const { data: _data, error, ...fields } = event as { data?: unknown; error?: unknown };
  return error === undefined ? fields : { ...fields, err: error };
}
