/** All backends of a server and the questions under way. It starts and stops them, and asks. */

import type { EventSink } from '../../events/server-events.ts';
import type { Clock } from '../../system/clock.ts';
import { send } from '../runtime/send.ts';
import { SERVER } from '../runtime/sender.ts';
import type {
  BackendAnswer,
  QuestionAsker,
  QuestionKind,
  QuestionOutcome,
  UnusableAnswer,
} from './asking.ts';
import type { BackendPolicy } from './backend-events.ts';
import { startBackend, type backendMachine, type BackendRef } from './backend.ts';
import { abandon, startQuestion, type questionMachine, type QuestionsUnderWay } from './question.ts';

export interface BackendsInput {
  readonly machines: {
    readonly backend: typeof backendMachine;
    readonly question: typeof questionMachine;
  };
  readonly policy: BackendPolicy;
  readonly clock: Clock;
  readonly events: EventSink;
  readonly random: () => number;
}

/** A question with its way to the backend. */
export interface Posed<Result> {
  readonly kind: QuestionKind;
  readonly room?: string | undefined;
  /** The name of the backend or servant, for people. */
  readonly target: string;
  /** Whether the target is a backend with a turn and a circuit. */
  readonly isBackend: boolean;
  readonly timeoutMs: number;
  readonly pose: (signal: AbortSignal) => Promise<BackendAnswer<Result> | UnusableAnswer>;
}

export interface Backends {
  /** Those that were asked so far, by their names. A backend starts with its first question. */
  readonly backends: ReadonlyMap<string, BackendRef>;
  readonly questions: QuestionsUnderWay;
  /** Asks. It never rejects. */
  ask<Result>(
    asker: QuestionAsker,
    posed: Posed<Result>,
    gone: AbortSignal,
  ): Promise<QuestionOutcome<Result>>;
  /** Waits for questions under way. A second call ends the waiting. */
  stop(): Promise<void>;
}

export function createBackends({ machines, policy, clock, events, random }: BackendsInput): Backends {
  const backends = new Map<string, BackendRef>();
  const questions: QuestionsUnderWay = new Map();
  let asked = 0;
  let isStopping = false;

  function start(name: string): BackendRef {
    const input = { name, policy, events, random };
    const backend = startBackend(machines.backend, input, clock, (error) => {
      // The next question starts a new one.
      backends.delete(name);
      events.emit('backend.failed', { backend: name, error });
    });
    backends.set(name, backend);
    if (isStopping) send(backend, { type: 'backend.stop' }, SERVER);
    return backend;
  }

  return {
    backends,
    questions,
    ask<Result>(asker: QuestionAsker, posed: Posed<Result>, gone: AbortSignal) {
      const { kind, room, target, isBackend, timeoutMs, pose } = posed;
      const { member, sender } = asker;
      asked += 1;
      const id = `${asked}@${room ?? member.id}`;
      return new Promise<QuestionOutcome<Result>>((resolve) => {
        if (gone.aborted) {
          resolve({ type: 'failed' });
          return;
        }
        const stop = (): void => abandon(question, sender);
        const question = startQuestion(
          machines.question,
          id,
          {
            kind,
            room,
            member,
            target,
            backend: isBackend ? (backends.get(target) ?? start(target)) : undefined,
            pose,
            timeoutMs,
            settle: (outcome) => {
              gone.removeEventListener('abort', stop);
              resolve(outcome as QuestionOutcome<Result>);
            },
            events,
          },
          questions,
          clock,
        );
        if (questions.has(id)) gone.addEventListener('abort', stop);
      });
    },
    async stop() {
      const isImpatient = isStopping;
      isStopping = true;
      await Promise.all([...backends.values()].map((backend) => stopBackend(backend, isImpatient)));
    },
  };
}

async function stopBackend(backend: BackendRef, isImpatient: boolean): Promise<void> {
  if (backend.getSnapshot().status !== 'active') return;
  const stopped = new Promise<void>((resolve) => {
    backend.subscribe({ complete: resolve, error: () => resolve() });
  });
  send(backend, { type: 'backend.stop' }, SERVER);
  if (isImpatient) send(backend, { type: 'backend.stop' }, SERVER);
  await stopped;
}
