/**
 * Writes a chart as a machine configuration for `createMachine` of XState v5, which Stately's editor imports too. It
 * has only the names of actions, guards, delays and actors: they must be provided to run such a machine.
 */

import type { Chart, ChartState, ChartTransition, StatePath } from '../chart.ts';
import { groupBy } from '../group-by.ts';

export interface XStateJson {
  readonly id?: string;
  readonly description?: string;
  readonly type?: 'parallel' | 'final';
  readonly initial?: string;
  readonly entry?: readonly string[];
  readonly exit?: readonly string[];
  readonly invoke?: readonly XStateInvoke[];
  readonly always?: readonly XStateTransition[];
  readonly on?: Readonly<Record<string, readonly XStateTransition[]>>;
  readonly after?: Readonly<Record<string, readonly XStateTransition[]>>;
  readonly onDone?: readonly XStateTransition[];
  readonly meta?: { readonly maxSeconds: number };
  readonly states?: Readonly<Record<string, XStateJson>>;
}

export interface XStateInvoke {
  readonly src: string;
  readonly onDone?: readonly XStateTransition[];
  readonly onError?: readonly XStateTransition[];
}

export interface XStateTransition {
  /** By ids, such as `#room.active`. */
  readonly target?: readonly string[];
  readonly guard?: string;
  readonly actions?: readonly string[];
  readonly reenter?: true;
}

export function toXStateJson({ machine, root, transitions }: Chart): XStateJson {
  const bySource = groupBy(transitions, ({ source }) => source);

  function toState(state: ChartState): XStateJson {
    const { path, type, description, initial, entry, exit, maxSeconds, states } = state;
    const own = bySource.get(path) ?? [];
    const ofType = <Type extends ChartTransition['trigger']['type']>(trigger: Type) =>
      own.filter((transition): transition is Triggered<Type> => transition.trigger.type === trigger);
    const initialState = states.find((child) => child.path === initial);
    return dropEmpty({
      description,
      type: type === 'parallel' || type === 'final' ? type : undefined,
      initial: initialState?.key,
      entry,
      exit,
      invoke: toInvokes(state, ofType('done'), ofType('error')),
      always: ofType('always').map(toTransition),
      on: toRecord(ofType('event'), ({ trigger }) => trigger.event),
      after: toRecord(ofType('after'), ({ trigger }) => trigger.delay),
      onDone: ofType('done')
        .filter(({ trigger }) => trigger.of === '')
        .map(toTransition),
      meta: maxSeconds === undefined ? undefined : { maxSeconds },
      states: Object.fromEntries(states.map((child) => [child.key, toState(child)])),
    });
  }

  function toInvokes(
    { invokes }: ChartState,
    done: readonly Triggered<'done'>[],
    failed: readonly Triggered<'error'>[],
  ): XStateInvoke[] {
    return invokes.map((src, index) => {
      // If an actor is invoked several times, the first has the transitions: the chart knows them by the actor's name
      // only.
      const isFirst = invokes.indexOf(src) === index;
      const isOwn = ({ trigger }: Triggered<'done' | 'error'>): boolean => isFirst && trigger.of === src;
      return {
        src,
        ...dropEmpty({
          onDone: done.filter(isOwn).map(toTransition),
          onError: failed.filter(isOwn).map(toTransition),
        }),
      };
    });
  }

  function toTransition({ targets, guard, actions, reenter }: ChartTransition): XStateTransition {
    return {
      ...(targets.length > 0 && { target: targets.map(toId) }),
      ...(guard !== undefined && { guard }),
      ...(actions.length > 0 && { actions }),
      ...(reenter && { reenter }),
    };
  }

  function toRecord<Transition extends ChartTransition>(
    some: readonly Transition[],
    keyOf: (transition: Transition) => string,
  ): Record<string, readonly XStateTransition[]> {
    const entries = [...groupBy(some, keyOf)].map(([key, group]) => [key, group.map(toTransition)] as const);
    return Object.fromEntries(entries);
  }

  function toId(path: StatePath): string {
    return path === '' ? `#${machine}` : `#${machine}.${path}`;
  }

  return { id: machine, ...toState(root) };
}

type Triggered<Type extends ChartTransition['trigger']['type']> = ChartTransition & {
  readonly trigger: Extract<ChartTransition['trigger'], { type: Type }>;
};

/** Leaves out undefined fields, empty texts, empty lists and empty objects. */
function dropEmpty<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: NonNullable<Fields[Key]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value))) as Fields;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === '') return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
