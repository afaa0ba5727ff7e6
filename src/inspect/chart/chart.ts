/**
 * The chart of a machine as plain data, for the inspector's page, `statecast charts` and the documentation. Pages
 * import this folder too, so nothing in it may need Node.js.
 */

/** The keys of a state from the root, joined by dots: `open.work.ready`. The root is the empty string. */
export type StatePath = string;

/** Whether a state is inside another one, at any depth. */
export function isInside(path: StatePath, outer: StatePath): boolean {
  return path !== outer && (outer === '' || path.startsWith(`${outer}.`));
}

export interface Chart {
  /** The machine's id, such as `room`. */
  readonly machine: string;
  readonly root: ChartState;
  /** All transitions, in the order of their source states, then in the order in which they are tried. */
  readonly transitions: readonly ChartTransition[];
}

export interface ChartState {
  readonly path: StatePath;
  /** The last part of the path; of the root, the machine's id. */
  readonly key: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final';
  readonly description: string;
  /** The child that is entered first; only of a compound state. */
  readonly initial?: StatePath;
  /** The names of the actions, in order. */
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  /** The names of the actors that run while the state is active. */
  readonly invokes: readonly string[];
  /** An actor that is in it for longer is stuck: `meta.maxSeconds` of the state. Absent: any time is right. */
  readonly maxSeconds?: number;
  readonly states: readonly ChartState[];
}

export interface ChartTransition {
  /**
   * `source|descriptor|index`: the descriptor is XState's (the event's type, empty for an eventless one), the
   * index is its place among the source's transitions of that descriptor.
   */
  readonly id: string;
  readonly source: StatePath;
  /** Empty if the states stay as they are and only actions run. */
  readonly targets: readonly StatePath[];
  readonly trigger: ChartTrigger;
  /** The name of the guard. */
  readonly guard?: string;
  /** The names of the actions, in order. */
  readonly actions: readonly string[];
  /** It leaves its source and enters it again, even if the target lies inside. */
  readonly reenter: boolean;
}

export type ChartTrigger =
  | { readonly type: 'event'; readonly event: string }
  /** As soon as its guard is true. */
  | { readonly type: 'always' }
  /** When the source has been active for that long. `delay` is its name, or milliseconds. */
  | { readonly type: 'after'; readonly delay: string }
  /** The invoked actor of that name is done; with an empty name, a final child state is reached. */
  | { readonly type: 'done'; readonly of: string }
  /** The invoked actor of that name has failed. */
  | { readonly type: 'error'; readonly of: string };
