/**
 * Writes a chart as a Mermaid state diagram, which GitHub and many editors draw. In Mermaid a state with children has
 * no text of its own and no arrow to its children. So its own transitions are written into an extra box among the
 * children.
 */

import { isInside, type Chart, type ChartState, type ChartTransition, type StatePath } from '../chart.ts';
import { groupBy } from '../group-by.ts';
import { describeTransition, joinText } from '../transition-text.ts';

/** The name of that box: its transitions are taken in any of the children. */
const ANY = '(any of these)';
const INDENT = '    ';
/** Words with a meaning in Mermaid, which cannot be ids of states. */
const RESERVED: ReadonlySet<string> = new Set(['default', 'click', 'href', 'direction']);
/** Characters that would end a text or start a comment, with their escapes. */
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '#quot;',
  '#': '#35;',
  ':': '#58;',
  ';': '#59;',
  '<': '#lt;',
  '>': '#gt;',
};

export function toMermaid({ root, transitions }: Chart): string {
  const ids = nameStates(root);
  const bySource = groupBy(transitions, ({ source }) => source);

  const leads = transitions
    .filter((transition) => !staysInside(transition))
    .flatMap((transition) => transition.targets.map((target) => ({ transition, target })));

  function renderChildren(state: ChartState): string[] {
    const own = bySource.get(state.path)?.filter(staysInside) ?? [];
    const sections = [...(own.length > 0 ? [renderAny(state, own)] : []), ...state.states.map(renderState)];
    const separator = state.type === 'parallel' ? ['--'] : [];
    const arrows = leads.filter((lead) => isAmongChildren(state, lead));
    return [
      ...(state.initial === undefined ? [] : [`[*] --> ${idOf(state.initial)}`]),
      ...sections.flatMap((section, index) => (index === 0 ? section : [...separator, ...section])),
      ...renderArrows(arrows, ({ transition }) => idOf(transition.source)),
    ];
  }

  function renderState(state: ChartState): string[] {
    const { path, key, type } = state;
    const id = idOf(path);
    const name = `state "${escape(key)}" as ${id}`;
    if (state.states.length > 0) return [`${name} {`, ...indent(renderChildren(state)), '}'];
    const lines = bySource.get(path)?.filter(staysInside) ?? [];
    return [
      name,
      ...lines.map((line) => `${id} : ${describe(line, true)}`),
      ...(type === 'final' ? [`${id} --> [*]`] : []),
    ];
  }

  /** The arrows from the extra box of a state. */
  function inwardOf({ path }: ChartState): Lead[] {
    return (bySource.get(path) ?? [])
      .filter(staysInside)
      .flatMap((transition) =>
        transition.targets
          .filter((target) => isInside(target, path))
          .map((target) => ({ transition, target })),
      );
  }

  function renderAny(state: ChartState, own: readonly ChartTransition[]): string[] {
    const { path } = state;
    const id = idOf(path, ANY);
    const lines = own.filter(({ targets }) => !targets.some((target) => isInside(target, path)));
    const arrows = inwardOf(state).filter(({ target }) => isChild(state, target));
    return [
      `state "${ANY}" as ${id}`,
      ...lines.map((line) => `${id} : ${describe(line, true)}`),
      ...renderArrows(arrows, () => id),
    ];
  }

  /** Transitions between the same states share an arrow. */
  function renderArrows(arrows: readonly Lead[], sourceOf: (lead: Lead) => string): string[] {
    const bundles = groupBy(arrows, (lead) => `${sourceOf(lead)} --> ${idOf(lead.target)}`);
    return [...bundles].map(
      ([arrow, bundle]) =>
        `${arrow} : ${bundle.map(({ transition }) => describe(transition, false)).join('<br>')}`,
    );
  }

  function idOf(path: StatePath, part = ''): string {
    const id = ids.get(path + part);
    if (id === undefined) throw new Error(`the chart has no state ${path}`);
    return id;
  }

  const states = statesOf(root);
  const far = leads.filter((lead) => !states.some((state) => isAmongChildren(state, lead)));
  const farInward = states.flatMap((state) =>
    inwardOf(state).filter(({ target }) => !isChild(state, target)),
  );
  const lines = [
    ...renderChildren(root),
    ...renderArrows(far, ({ transition }) => idOf(transition.source)),
    ...renderArrows(farInward, ({ transition }) => idOf(transition.source, ANY)),
  ];
  return `${['stateDiagram-v2', ...indent(lines)].join('\n')}\n`;
}

interface Lead {
  readonly transition: ChartTransition;
  readonly target: StatePath;
}

/**
 * Whether an arrow leads from one child of a state to another. Only such arrows are written inside the state: Mermaid
 * moves every state that is named there into it. In a parallel state such an arrow belongs to no region.
 */
function isAmongChildren(state: ChartState, { transition, target }: Lead): boolean {
  return isChild(state, transition.source) && isChild(state, target);
}

function isChild({ states, type }: ChartState, path: StatePath): boolean {
  return type !== 'parallel' && states.some((child) => child.path === path);
}

function statesOf(state: ChartState): ChartState[] {
  return [state, ...state.states.flatMap(statesOf)];
}

/** It leads to no other state, or to one inside its own. */
function staysInside({ source, targets }: ChartTransition): boolean {
  return targets.every((target) => target === source || isInside(target, source));
}

/** Mermaid breaks the texts of arrows after a few words: with actions they would become very high. */
function describe(transition: ChartTransition, withActions: boolean): string {
  return escape(joinText(describeTransition(transition, withActions)));
}

/** An id for each state and for each extra box, of letters, digits and underscores. */
function nameStates(root: ChartState): Map<string, string> {
  const ids = new Map<string, string>();
  const taken = new Set(RESERVED);
  const name = (key: string, wish: string): void => {
    let id = wish.replaceAll(/\W/g, '_');
    while (taken.has(id)) id += '_';
    taken.add(id);
    ids.set(key, id);
  };
  const visit = (state: ChartState): void => {
    name(state.path, state.path === '' ? state.key : state.path);
    if (state.states.length > 0) name(state.path + ANY, state.path === '' ? 'any' : `${state.path}.any`);
    for (const child of state.states) visit(child);
  };
  visit(root);
  return ids;
}

function escape(text: string): string {
  return text.replaceAll(/["#:;<>]/g, (character) => ESCAPES[character] ?? character);
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => INDENT + line);
}
