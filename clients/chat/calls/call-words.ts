/** How a call ended, and the state of the server's proxy for the servant, as texts for the page. */

import type { CallOutcome } from '../connection/room-client.ts';

/** Shorter times are shown with tenths of a millisecond. */
const TENTHS_BELOW_MS = 10;

/** Why a call has no result, as a sentence; `undefined` when it has one. */
export function describeFailure(outcome: CallOutcome): string | undefined {
  switch (outcome.type) {
    case 'result':
      return undefined;
    case 'failed':
      return `Sorry, ${outcome.message} (code ${outcome.code}).`;
    case 'refused':
      return `Sorry, the server did not take the call: ${outcome.reason}.`;
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

/** The states that the page draws. Their inner states are shown as text only. */
export const PROXY_STATES = ['idle', 'connecting', 'closed', 'half open', 'open'] as const;
export type ProxyState = (typeof PROXY_STATES)[number];

export interface ProxyReading {
  /** Absent for a state that is not drawn. */
  readonly state?: ProxyState;
  readonly words: string;
}

/** A path is described by the first row whose path it begins with. */
const ROWS: readonly (readonly [path: string, reading: ProxyReading])[] = [
  ['idle.resting', { state: 'idle', words: 'Proxy: could not connect; the next call tries again.' }],
  ['idle', { state: 'idle', words: 'Proxy: not connected; the next call connects.' }],
  ['connecting', { state: 'connecting', words: 'Proxy: connecting to the servant.' }],
  ['ready.circuit.closed', { state: 'closed', words: 'Proxy: circuit closed, calls go through.' }],
  [
    'ready.circuit.halfOpen',
    { state: 'half open', words: 'Proxy: circuit half open, one call is let through as a test.' },
  ],
  ['ready.circuit.open', { state: 'open', words: 'Proxy: circuit open, calls are refused for a while.' }],
  ['stop', { words: 'Proxy: stopped with the server.' }],
];

/** Reads a state such as `ready.circuit.closed`; `undefined` when the server sent none. */
export function readProxyState(path: string | undefined): ProxyReading {
  if (path === undefined) return { words: 'Proxy: the server tells no state right now.' };
  return ROWS.find(([start]) => path.startsWith(start))?.[1] ?? { words: `Proxy: ${path}` };
}
