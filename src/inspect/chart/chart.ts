/**
 * A machine's chart as plain data: what the inspector's page, `statecast charts` and the documentation draw.
 * It knows no running actor. Pages import it too, so nothing of Node.js stands in this folder.
 */

/** A state by its keys from the root, joined by dots: `open.work.ready`; the root is the empty text. */
export type StatePath = string;

/** Whether a path is that of a state inside another, at any depth. */
export function isInside(path: StatePath, outer: StatePath): boolean {
  return path !== outer && (outer === '' || path.startsWith(`${outer}.`));
}

export interface Chart {
  /** The machine's id, such as `room`. */
  readonly machine: string;
  readonly root: ChartState;
  /** All transitions, by the order of their source states, then as they are tried. */
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
  readonly states: readonly ChartState[];
}

export interface ChartTransition {
  /**
   * `source|descriptor|index`: the descriptor is XState's (the event's type, empty for an eventless one), the
   * index is its place among the source's transitions of that descriptor.
   */
  readonly id: string;
  readonly source: StatePath;
  /** Empty: the states stay as they are, and only actions happen. */
  readonly targets: readonly StatePath[];
  readonly trigger: ChartTrigger;
  /** The name of the condition. */
  readonly guard?: string;
  /** The names of the actions, in order. */
  readonly actions: readonly string[];
  /** It leaves its source and enters it again, even if the target lies inside. */
  readonly reenter: boolean;
}

export type ChartTrigger =
  | { readonly type: 'event'; readonly event: string }
  /** As soon as its condition holds. */
  | { readonly type: 'always' }
  /** When the source has been active for that long. `delay` is its name, or milliseconds. */
  | { readonly type: 'after'; readonly delay: string }
  /** The actor of that name is done, or with an empty name: the final child state is reached. */
  | { readonly type: 'done'; readonly of: string }
  /** The actor of that name has failed. */
  | { readonly type: 'error'; readonly of: string };
