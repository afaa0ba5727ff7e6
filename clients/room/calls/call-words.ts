/** How a call of a servant ended, and how the servant is, as texts for the page. */

/** The arguments of a function by the names of its parameters, as plain JSON. */
export type CallArguments = Readonly<Record<string, unknown>>;

/** How a call of a servant's function ended. */
export type CallOutcome =
  | { readonly type: 'result'; readonly result: unknown }
  /** `message` is the reason, `code` its number in the server's error table. */
  | { readonly type: 'failed'; readonly code: number; readonly message: string }
  /** The connection is not open. */
  | { readonly type: 'unsent' }
  /** The connection ended before the answer: the function may have run, or not. */
  | { readonly type: 'unanswered' };

/** Shorter times are shown with tenths of a millisecond. */
const TENTHS_BELOW_MS = 10;

/** Why a call has no result, as a sentence; `undefined` when it has one. */
export function describeFailure(outcome: CallOutcome): string | undefined {
  switch (outcome.type) {
    case 'result':
      return undefined;
    case 'failed':
      return `Sorry, ${outcome.message} (code ${outcome.code}).`;
    case 'unsent':
      return 'Not connected: the call was not sent.';
    case 'unanswered':
      return 'The connection ended before the answer came.';
  }
}

/** How long an answer took; `undefined` when none came. */
export function describeTime(outcome: CallOutcome, ms: number): string | undefined {
  if (outcome.type === 'unsent' || outcome.type === 'unanswered') return undefined;
  return `answered in ${ms.toFixed(ms < TENTHS_BELOW_MS ? 1 : 0)} ms`;
}

/**
 * How the servant is. A circuit breaker decides: closed is healthy, open is failing, half open is testing. Failing is also
 * a servant to which no connection could be made.
 */
export const SERVANT_STATES = ['idle', 'connecting', 'healthy', 'failing', 'testing'] as const;
type ServantState = (typeof SERVANT_STATES)[number];

interface ServantReading {
  /** Absent for a state that is not drawn. */
  readonly state?: ServantState;
  readonly words: string;
}

/** The path of a proxy's state is described by the first row whose path it begins with. */
const ROWS: readonly (readonly [path: string, reading: ServantReading])[] = [
  [
    'idle.resting',
    { state: 'failing', words: 'Failing: it cannot be reached. Calls are refused for a moment.' },
  ],
  ['idle', { state: 'idle', words: 'Not connected; the next call connects.' }],
  ['connecting', { state: 'connecting', words: 'The server is connecting to it.' }],
  ['ready.circuit.closed', { state: 'healthy', words: 'Healthy: calls go through.' }],
  [
    'ready.circuit.halfOpen',
    { state: 'testing', words: 'Testing: one call is let through, to see whether it works again.' },
  ],
  ['ready.circuit.open', { state: 'failing', words: 'Failing: calls are refused for a while.' }],
  ['stop', { words: 'It stopped with the server.' }],
];

/** Reads the state of a servant's proxy, such as `ready.circuit.closed`; `undefined` when the server sent none. */
export function readServantState(path: string | undefined): ServantReading {
  if (path === undefined) return { words: 'The server tells nothing of it right now.' };
  return ROWS.find(([start]) => path.startsWith(start))?.[1] ?? { words: `Its state: ${path}` };
}
