/** Writes the events of the server to the log, one line each. The text of a message and the `info` of members are never logged. */

import type { Logger } from 'pino';
import type { ServerEvents, ServerEventName } from '../../events/server-events.ts';
import { RPC_ERRORS } from '../../protocol/rpc-errors.ts';
import type { EventBus } from '../../events/event-bus.ts';
import { systemClock, type Clock } from '../../system/clock.ts';
import { StoreError } from '../../storage/store-error.ts';
import { RepeatLimit } from '../../system/repeat-limit.ts';

/** Longer names of rooms are cut. */
const MAX_NAME_LENGTH = 255;

type Level = 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** The log level of each event. Frequent ones are `debug` and `trace`, and cost nothing when those are off. */
const LEVELS: Readonly<Record<ServerEventName, Level>> = {
  'server.started': 'debug',
  // The banner tells it already, and scripts wait for the one line that has `listening`.
  'server.listening': 'debug',
  'server.restoring': 'info',
  'server.restored': 'info',
  'server.draining': 'info',
  'server.full': 'warn',
  'certificate.changed': 'info',
  'certificate.failed': 'error',
  'server.stopped': 'info',
  'connection.opened': 'debug',
  'connection.closed': 'debug',
  'connection.failed': 'error',
  'room.opened': 'debug',
  'room.closed': 'debug',
  'room.occupied': 'debug',
  'room.vacated': 'debug',
  'room.failed': 'error',
  'member.joined': 'debug',
  'member.left': 'debug',
  'member.away': 'debug',
  'member.refused': 'debug',
  'member.failed': 'error',
  'message.published': 'trace',
  'problem.noted': 'info',
  'state.entered': 'trace',
  'state.stuck': 'warn',
  'message.broadcast': 'trace',
  'message.failed': 'error',
  'handler.failed': 'error',
  'question.failed': 'warn',
  'backend.circuit': 'warn',
  'backend.failed': 'error',
  'servant.connected': 'info',
  'servant.unreachable': 'warn',
  'servant.circuit': 'warn',
  'servant.endpoint': 'warn',
  'registry.failed': 'warn',
  'rpc.failed': 'warn',
  'access.refused': 'warn',
  'control.used': 'info',
  'store.failed': 'error',
  'store.dropped': 'error',
  'part.failed': 'error',
  'redis.failed': 'error',
  'redis.recovered': 'warn',
  'webhook.failed': 'warn',
  'webhook.recovered': 'info',
  'webhook.dropped': 'error',
  'store.recovered': 'warn',
};

export function logEvents(
  server: Pick<EventBus, 'on' | 'off'>,
  log: Logger,
  clock: Clock = systemClock,
): void {
  const repeats = new RepeatLimit(clock);
  const entries = (Object.keys(LEVELS) as ServerEventName[]).map((name) => ({
    name,
    isListening: false,
    write: (event: ServerEvents[ServerEventName]): void => {
      if (!log.isLevelEnabled(LEVELS[name])) return;
      const write = (count: number): void =>
        log[LEVELS[name]]({ ...toFields(name, event), ...(count > 1 && { count }) }, name);
      const kind = kindOf(name, event);
      if (kind === undefined) write(1);
      else repeats.report(kind, write);
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

/** What can come thousands of times, such as joins that are refused, is counted by its kind. */
function kindOf(name: ServerEventName, event: ServerEvents[ServerEventName]): string | undefined {
  // While Redis is away, each message and join fails.
  if ('error' in event && isRedisAway(event.error)) return `${name} Redis`;
  if (name === 'control.used') {
    const { act, outcome, remoteAddress } = event as ServerEvents['control.used'];
    return outcome === 'done' ? undefined : `${name} ${act} ${outcome} ${remoteAddress}`;
  }
  if (name === 'access.refused') return `${name} ${(event as ServerEvents['access.refused']).to}`;
  if (name === 'problem.noted') {
    const { kind, machine, state, event: asked, code, address } = event as ServerEvents['problem.noted'];
    return [name, kind, machine, state, asked, code, address].join(' ');
  }
  if (name === 'state.stuck') {
    const { machine, state } = event as ServerEvents['state.stuck'];
    return `${name} ${machine} ${state}`;
  }
  if (name === 'question.failed') {
    const { question, backend, error } = event as ServerEvents['question.failed'];
    return `${name} ${question} ${backend} ${error instanceof Error ? error.message : ''}`;
  }
  // A disk that fails does so for all rooms.
  if (name === 'store.failed' && !('setAside' in event)) {
    const { error } = event as ServerEvents['store.failed'];
    return `${name} ${error instanceof StoreError ? error.code : error instanceof Error ? error.message : ''}`;
  }
  if (name === 'store.recovered' || name === 'store.dropped') return name;
  if (name !== 'rpc.failed') return undefined;
  const { servant, func, failure } = event as ServerEvents['rpc.failed'];
  return `${name} ${failure} ${servant}.${func}`;
}

/**
 * The event's fields without the message's text and what is told of members, with the error where pino looks for it, and
 * with words for a failure.
 */
function toFields(name: ServerEventName, event: ServerEvents[ServerEventName]): object {
  const { data: _data, error, ...rest } = event as { data?: unknown; error?: unknown };
  const { member, from, room, ...fields } = withoutInfo(rest) as {
    member?: object;
    from?: object;
    room?: string;
  };
  const reason = 'failure' in event && { reason: RPC_ERRORS[event.failure].message };
  return {
    // A client may ask for a room with a name as long as a message.
    ...(room !== undefined && { room: cut(room) }),
    ...fields,
    ...(member !== undefined && { member: withoutInfo(member) }),
    ...(from !== undefined && { from: withoutInfo(from) }),
    ...reason,
    ...(error !== undefined && toErrorFields(name, error)),
  };
}

/** That Redis is away is no fault of the program: where it was noticed tells nothing. */
function toErrorFields(name: ServerEventName, error: unknown): object {
  const isTrouble = name === 'redis.failed' || isRedisAway(error);
  return isTrouble && error instanceof Error ? { reason: error.message } : { err: error };
}

function isRedisAway(error: unknown): boolean {
  return error instanceof Error && (error.name === 'RedisDownError' || error.name === 'RedisLostError');
}

function withoutInfo(fields: object): object {
  if (!('info' in fields)) return fields;
  const { info: _info, ...others } = fields;
  return others;
}

function cut(name: string): string {
  return name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH)}…` : name;
}
