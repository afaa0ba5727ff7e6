/** The state of a servant's proxy, as the health route spells it, for people. It knows no page. */

/** The states that the page draws; inner ones are told in words. */
export const PROXY_STATES = ['idle', 'connecting', 'closed', 'half open', 'open'] as const;
export type ProxyState = (typeof PROXY_STATES)[number];

export interface ProxyReading {
  /** Absent for a state that is not drawn. */
  readonly state?: ProxyState;
  readonly words: string;
}

/** Each path is read by the first row that it begins with. */
const ROWS: readonly (readonly [path: string, reading: ProxyReading])[] = [
  ['idle.resting', { state: 'idle', words: 'Proxy: could not connect; the next call tries again.' }],
  ['idle', { state: 'idle', words: 'Proxy: not connected; the next call connects.' }],
  ['connecting', { state: 'connecting', words: 'Proxy: connecting to the servant.' }],
  ['ready.circuit.closed', { state: 'closed', words: 'Proxy: circuit closed, calls go through.' }],
  ['ready.circuit.halfOpen', { state: 'half open', words: 'Proxy: circuit half open, one call may try.' }],
  ['ready.circuit.open', { state: 'open', words: 'Proxy: circuit open, the servant gets a rest.' }],
  ['stop', { words: 'Proxy: stopped with the server.' }],
];

/** Reads a state such as `ready.circuit.closed`; `undefined` when the server told none. */
export function readProxyState(path: string | undefined): ProxyReading {
  if (path === undefined) return { words: 'Proxy: the server tells no state right now.' };
  return ROWS.find(([start]) => path.startsWith(start))?.[1] ?? { words: `Proxy: ${path}` };
}
