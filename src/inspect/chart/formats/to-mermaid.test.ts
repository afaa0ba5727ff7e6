import { describe, expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { MACHINES } from '../../../actors/machines.ts';
import type { Chart, ChartState } from '../chart.ts';
import { describeChart } from '../describe-chart.ts';
import { toMermaid } from './to-mermaid.ts';

interface Diagram {
  /** By id: the name, the id of the composite around it, the lines in it. */
  readonly states: Map<string, { name: string; parent: string; lines: string[] }>;
  /** `SOURCE --> TARGET : TEXT`; `[*]` of a composite is `[*]` with its id. */
  readonly arrows: string[];
  /** How often a composite is divided. */
  readonly dividers: Map<string, number>;
}

const ID = String.raw`[A-Za-z_]\w*`;
/** What Mermaid's lexer takes as a text: neither the end of the text nor of the line; other signs are escaped. */
const TEXT = String.raw`(?:[^"#:;\n]|#(?:quot|lt|gt|35|58|59);)+`;
const STATE = new RegExp(`^state "(${TEXT})" as (${ID})( \\{)?$`);
const LINE = new RegExp(`^(${ID}) : (${TEXT})$`);
const ARROW = new RegExp(`^(${ID}|\\[\\*\\]) --> (${ID}|\\[\\*\\])(?: : (${TEXT}))?$`);

/** Reads as much of Mermaid's grammar (stateDiagram.jison) as charts use, and refuses everything else. */
function readMermaid(text: string): Diagram {
  const [first, ...lines] = text.trimEnd().split('\n');
  expect(first).toBe('stateDiagram-v2');
  const diagram: Diagram = { states: new Map(), arrows: [], dividers: new Map() };
  const open = [''];
  const moved: [string, string][] = [];
  const named: string[] = [];
  for (const line of lines.map((indented) => indented.trim())) {
    const parent = open.at(-1) ?? 'nothing is open';
    const state = STATE.exec(line);
    const text = LINE.exec(line);
    const arrow = ARROW.exec(line);
    if (line === '}') open.pop();
    else if (line === '--') diagram.dividers.set(parent, (diagram.dividers.get(parent) ?? 0) + 1);
    else if (state !== null) {
      const [, name = '', id = '', brace] = state;
      expect(diagram.states.has(id), `${id} is declared twice`).toBe(false);
      diagram.states.set(id, { name, parent, lines: [] });
      if (brace !== undefined) open.push(id);
    } else if (arrow !== null) {
      const [, from = '', to = '', label] = arrow;
      // What is named inside a composite is moved into it.
      if (parent !== '') for (const id of [from, to]) if (id !== '[*]') moved.push([id, parent]);
      diagram.arrows.push(
        `${from === '[*]' ? `[*]${parent}` : from} --> ${to}${label === undefined ? '' : ` : ${label}`}`,
      );
      expect(from !== '[*]' || to !== '[*]').toBe(true);
      named.push(...[from, to].filter((id) => id !== '[*]'));
    } else if (text !== null) {
      const [, id = '', words = ''] = text;
      expect(diagram.states.has(id), `${id} is not declared before its texts`).toBe(true);
      diagram.states.get(id)?.lines.push(words);
    } else expect.fail(`Mermaid would not read: ${line}`);
  }
  expect(open).toEqual(['']);
  expect(named.filter((id) => !diagram.states.has(id))).toEqual([]);
  for (const [id, parent] of moved) expect([id, diagram.states.get(id)?.parent]).toEqual([id, parent]);
  return diagram;
}

/** The keys from the root of all states, in the order of the diagram. */
function pathsOf({ states }: Diagram): string[] {
  const pathOf = (id: string): string => {
    const state = states.get(id);
    if (state === undefined) return '';
    return [pathOf(state.parent), state.name].filter((part) => part !== '').join('.');
  };
  return [...states.keys()].map(pathOf).filter((path) => !path.endsWith('(any of these)'));
}

function statesOf(state: ChartState): ChartState[] {
  return state.states.flatMap((child) => [child, ...statesOf(child)]);
}

function countArrows({ transitions }: Chart): number {
  const leads = transitions.flatMap(({ source, targets }) =>
    targets.filter((target) => target !== source).map((target) => `${source}>${target}`),
  );
  return new Set(leads).size;
}

describe.each(Object.values(MACHINES).map((machine) => [machine.id, describeChart(machine)] as const))(
  'the Mermaid diagram of %s',
  (_, chart) => {
    const diagram = readMermaid(toMermaid(chart));
    const states = statesOf(chart.root);

    test('has every state in its place', () => {
      expect(pathsOf(diagram).sort()).toEqual(states.map(({ path }) => path).sort());
    });

    test('has every transition, as an arrow or as a line', () => {
      const isInitialOrFinal = (arrow: string): boolean => arrow.includes('[*]');
      const arrows = diagram.arrows.filter((arrow) => !isInitialOrFinal(arrow));
      expect(arrows.length).toBe(countArrows(chart));
      const lines = [...diagram.states.values()].flatMap((state) => state.lines).length;
      const labels = arrows.flatMap((arrow) => arrow.split('<br>')).length;
      expect(labels + lines).toBe(chart.transitions.length);
    });

    test('shows where each composite state begins, which states are final, and its regions', () => {
      const composite = [chart.root, ...states].filter(({ initial }) => initial !== undefined);
      const final = states.filter(({ type }) => type === 'final');
      expect(diagram.arrows.filter((arrow) => arrow.startsWith('[*]')).length).toBe(composite.length);
      expect(diagram.arrows.filter((arrow) => arrow.endsWith('[*]')).length).toBe(final.length);
      const parallel = states.filter(({ type }) => type === 'parallel').length;
      expect(diagram.dividers.size).toBe(parallel);
    });
  },
);

test('an arrow between states of one composite stands in it, others at the end', () => {
  const text = toMermaid(describeChart(MACHINES.membership));
  expect(text).toContain(
    [
      '        requesting_admitting --> requesting_verifying : always [hasToken]',
      '        requesting_admitting --> requesting_authorizing : always [hasJoinHandler]',
      '        requesting_admitting --> requesting_subscribing : always [mustWaitForRoom]',
      '        requesting_admitting --> requesting_recording : always',
      '        requesting_verifying --> requesting_admitting : verify done [isGranted]',
      '        requesting_authorizing --> requesting_subscribing : authorize done [mustWaitForRoom]',
      '        requesting_authorizing --> requesting_recording : authorize done',
      '        requesting_subscribing --> requesting_recording : hearRoom done',
      '        requesting_recording --> requesting_listing : membership.listing',
      '    }',
    ].join('\n'),
  );
  expect(text).toContain(
    '    requesting_authorizing --> refused : membership.refuse<br>authorize done [isRefusal]<br>authorize failed<br>after handlerDeadline\n',
  );
});

test('an arrow from a parallel state into one of its regions stands at the end', () => {
  const text = toMermaid(describeChart(MACHINES.connection));
  expect(text.trimEnd().split('\n').at(-1)).toBe(
    '    open_any --> open_credentials_valid : refresh.answered [isAccepted]<br>server.refresh [changesTime]',
  );
});

test('states with equal keys and with names that mean something to Mermaid have ids of their own', () => {
  const machine = createMachine({
    id: 'names',
    initial: 'a',
    states: {
      a: { initial: 'b', states: { b: {} }, on: { 'x:y;z#"<1>': 'a_b', stay: {} } },
      a_b: { on: { go: 'default' } },
      default: { on: { go: 'a-b' } },
      'a-b': { type: 'final' },
      any: {},
    },
  });
  const text = toMermaid(describeChart(machine));
  const diagram = readMermaid(text);
  expect([...diagram.states].map(([id, { name, parent }]) => [id, name, parent])).toEqual([
    ['a', 'a', ''],
    ['a_any', '(any of these)', 'a'],
    ['a_b', 'b', 'a'],
    ['a_b_', 'a_b', ''],
    ['default_', 'default', ''],
    ['a_b__', 'a-b', ''],
    ['any_', 'any', ''],
  ]);
  expect(text).toContain('    a --> a_b_ : x#58;y#59;z#35;#quot;#lt;1#gt;\n');
});
