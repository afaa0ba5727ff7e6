/** Counts what the event bus tells: how connections ended, calls of servants, and what was not done. */

import type { EventBus } from '../events/event-bus.ts';
import type { Problem } from '../events/problem.ts';
import type { CallRecord } from '../platform/statistics/stat-counts.ts';
import { CLOSE_CODES } from '../protocol/close-codes.ts';
import { RPC_ERRORS } from '../protocol/rpc-errors.ts';
import { HistogramCounts } from './values/histogram.ts';
import { toSamples, type Metric } from './values/metric.ts';
import { raiseCount } from '../system/raise-count.ts';

const CALL_BOUNDS_MS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

/** The close codes of the WebSocket protocol, and those of this server; what others clients choose is counted together. */
const KNOWN_CODES: ReadonlySet<number> = new Set<number>([
  1000,
  1001,
  1002,
  1003,
  1005,
  1006,
  1007,
  1008,
  1009,
  1010,
  1011,
  ...Object.values(CLOSE_CODES).map(({ code }) => code),
]);
const OTHER = 'other';

/** Kinds of problems beyond so many are counted together: guards and machines are finite, and nothing else is a label. */
const MAX_PROBLEMS = 500;

export class Outcomes {
  readonly #closed = new Map<string, number>();
  readonly #problems = new Map<string, { readonly labels: ProblemLabels; count: number }>();
  readonly #calls = new Map<string, { readonly labels: CallLabels; readonly time: HistogramCounts }>();
  readonly #failures = new Map<string, number>();
  /** The names of the servants, by their objects. */
  readonly #servants: ReadonlyMap<string, string>;

  /** @param servants The objects of the servants, by their names. */
  constructor(events: Pick<EventBus, 'on'>, servants: Readonly<Record<string, { readonly object: string }>>) {
    this.#servants = new Map(
      Object.entries(servants).map(([name, { object }]) => [object.split('@', 1)[0]?.trim() ?? '', name]),
    );
    const known = new Set(Object.keys(servants));
    events.on('connection.closed', ({ code }) => raiseCount(this.#closed, nameCode(code)));
    events.on('rpc.failed', ({ servant, failure }) =>
      raiseCount(this.#failures, `${known.has(servant) ? servant : OTHER} ${failure}`),
    );
    events.on('problem.noted', (problem) => this.#note(problem));
  }

  /** A call of a servant that was sent has ended. */
  called({ object, outcome, durationMs }: CallRecord): void {
    const key = `${object} ${outcome}`;
    let call = this.#calls.get(key);
    if (call === undefined) {
      const labels = { servant: this.#servants.get(object) ?? OTHER, outcome };
      call = { labels, time: new HistogramCounts(CALL_BOUNDS_MS) };
      this.#calls.set(key, call);
    }
    call.time.observe(durationMs);
  }

  #note({ kind, machine = '', guards, handler = '' }: Problem): void {
    const guard = guards?.find(({ holds }) => holds)?.name ?? '';
    const key = `${kind} ${machine} ${guard} ${handler}`;
    let problem = this.#problems.get(key);
    if (problem === undefined) {
      const isKept = this.#problems.size < MAX_PROBLEMS;
      const labels = isKept
        ? { kind, machine, guard, handler }
        : { kind: OTHER, machine: '', guard: '', handler: '' };
      problem = (isKept ? undefined : this.#problems.get(OTHER)) ?? { labels, count: 0 };
      this.#problems.set(isKept ? key : OTHER, problem);
    }
    problem.count += 1;
  }

  createMetrics(): Metric[] {
    return [
      {
        name: 'statecast_connections_closed_total',
        type: 'counter',
        help: 'Connections that have ended, by the close code; other are codes that clients have chosen.',
        labels: ['code'],
        read: () => [...this.#closed].map(([code, value]) => ({ labels: { code }, value })),
      },
      {
        name: 'statecast_rpc_seconds',
        type: 'histogram',
        help: 'How long calls of servants took that were sent, by how they ended.',
        labels: ['servant', 'outcome'],
        read: () =>
          [...this.#calls.values()].flatMap(({ labels, time }) =>
            toSamples('statecast_rpc_seconds', { ...labels }, time, 1_000),
          ),
      },
      {
        name: 'statecast_rpc_failures_total',
        type: 'counter',
        help: 'Calls of servants that have failed, those included that were not sent.',
        labels: ['servant', 'failure', 'code'],
        read: () =>
          [...this.#failures].map(([key, value]) => {
            const [servant = '', failure = ''] = key.split(' ');
            const { code } = RPC_ERRORS[failure as keyof typeof RPC_ERRORS];
            return { labels: { servant, failure, code }, value };
          }),
      },
      {
        name: 'statecast_problems_total',
        type: 'counter',
        help: 'What was not done (refused, dropped, closed, failed, restarted, circuit, stuck), by the machine and the guard that decided.',
        labels: ['kind', 'machine', 'guard', 'handler'],
        read: () =>
          [...this.#problems.values()].map(({ labels, count }) => ({ labels: { ...labels }, value: count })),
      },
    ];
  }
}

interface ProblemLabels {
  readonly kind: string;
  readonly machine: string;
  readonly guard: string;
  readonly handler: string;
}

interface CallLabels {
  readonly servant: string;
  readonly outcome: string;
}

function nameCode(code: number): string {
  return KNOWN_CODES.has(code) ? String(code) : OTHER;
}
