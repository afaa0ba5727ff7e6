/** Sends messages for operators to the platform: that the server started or stopped, and alarms. */

import { createNotifyProxy, MessageKind, MessageLevel } from '../../tars/servants/platform.ts';
import { PLATFORM_DEADLINE_MS, watchReachability, type PartOptions } from '../calls/platform-caller.ts';
import { createRepeating } from '../calls/repeating.ts';
import { nameSet } from '../calls/set-name.ts';

/** How many messages wait while the platform is down; beyond that, the oldest are dropped. */
export const MAX_WAITING_MESSAGES = 100;
/** After how long a failed message is sent again. */
const RETRY_MS = 10_000;
/** How long the same alarm is not raised again. */
const SAME_ALARM_MS = 60_000;
/** How many different alarms are remembered; further ones within a minute are not raised. */
const MAX_REMEMBERED_ALARMS = 1_000;
/** The longest text, in characters: the platform stores it in a column of its database. */
const MAX_TEXT = 1_000;

export type AlarmLevel = keyof typeof MessageLevel;

export interface NotifierOptions extends PartOptions {
  readonly pid: number;
}

export interface Notifier {
  /** Sends a message about the server, such as its start. */
  report(text: string): void;
  /** Raises an alarm, unless the same one was raised within the last minute. */
  alarm(level: AlarmLevel, text: string): void;
  start(): void;
  /** Tries once more to send the waiting messages, and stops. */
  stop(): Promise<void>;
}

interface Waiting {
  readonly kind: (typeof MessageKind)[keyof typeof MessageKind];
  readonly level: (typeof MessageLevel)[AlarmLevel];
  readonly text: string;
}

export function createNotifier(options: NotifierOptions): Notifier {
  const { conf, object, caller, clock, log, pid } = options;
  const notify = createNotifyProxy(caller(object));
  const reachability = watchReachability(log, object);
  const waiting: Waiting[] = [];
  const alarmedAt = new Map<string, number>();
  let sending: Promise<void> | undefined;
  let isStarted = false;

  function push(message: Waiting): void {
    waiting.push({ ...message, text: message.text.slice(0, MAX_TEXT) });
    if (waiting.length > MAX_WAITING_MESSAGES) waiting.shift();
    if (isStarted) void flush();
  }

  /** Sends the messages one after another; stops at the first failure. */
  function flush(): Promise<void> {
    sending ??= sendAll().finally(() => {
      sending = undefined;
    });
    return sending;
  }

  async function sendAll(): Promise<void> {
    try {
      for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
        await send(first);
        // It may have been dropped meanwhile.
        if (waiting[0] === first) waiting.shift();
      }
      reachability.answered();
    } catch (error) {
      reachability.failed(error);
    }
  }

  async function send({ kind, level, text }: Waiting): Promise<void> {
    const message = {
      kind,
      level,
      text,
      application: conf.app,
      serverName: conf.server,
      setName: nameSet(conf),
      container: '',
      threadId: String(pid),
    };
    await notify.reportNotifyInfo({ message }, { deadlineMs: PLATFORM_DEADLINE_MS });
  }

  function isRepetition(text: string): boolean {
    const now = clock.monotonic();
    for (const [other, at] of alarmedAt) if (now - at >= SAME_ALARM_MS) alarmedAt.delete(other);
    if (alarmedAt.has(text) || alarmedAt.size >= MAX_REMEMBERED_ALARMS) return true;
    alarmedAt.set(text, now);
    return false;
  }

  const retries = createRepeating(clock, RETRY_MS, async () => {
    if (waiting.length > 0) await flush();
  });

  return {
    report(text) {
      push({ kind: MessageKind.report, level: MessageLevel.normal, text });
    },
    alarm(level, text) {
      if (!isRepetition(text)) push({ kind: MessageKind.alarm, level: MessageLevel[level], text });
    },
    start() {
      isStarted = true;
      retries.start();
    },
    async stop() {
      isStarted = false;
      await retries.stop();
      await sending;
      if (waiting.length > 0) await flush();
    },
  };
}
