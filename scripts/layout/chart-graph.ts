/**
 * The parts of a chart that need space in a picture, and their sizes: boxes and arrows with their texts. It knows no
 * places.
 */

import {
  isInside,
  type Chart,
  type ChartState,
  type ChartTransition,
  type StatePath,
} from '../../src/inspect/chart/chart.ts';
import type {
  LayoutLabelLine,
  LayoutLine,
  LayoutOptions,
  LayoutText,
} from '../../src/inspect/chart/chart-layout.ts';
import { groupBy } from '../../src/inspect/chart/group-by.ts';
import { LINE_HEIGHT, measureText, TITLE_HEIGHT, TITLE_SIZE } from '../../src/inspect/chart/text-metrics.ts';
import { describeTransition, joinText } from '../../src/inspect/chart/transition-text.ts';

export interface ChartGraph {
  readonly machine: string;
  /** By path, in the chart's order. */
  readonly states: ReadonlyMap<StatePath, GraphState>;
  readonly edges: readonly GraphEdge[];
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface GraphState {
  readonly state: ChartState;
  readonly parent?: StatePath;
  readonly depth: number;
  /** The index of the state in the chart. */
  readonly order: number;
  readonly isRegion: boolean;
  readonly lines: readonly LayoutLine[];
  /** The size of the title and the lines, with the space around them. */
  readonly header: Size;
}

/** All transitions from one state to another. */
export interface GraphEdge {
  /** `source>target`. */
  readonly id: string;
  readonly source: StatePath;
  readonly target: StatePath;
  /** True if the target is inside the source. Then the arrow starts at its label, which is in the source's box. */
  readonly isInward: boolean;
  readonly lines: readonly LayoutLabelLine[];
  /** The size of the texts, without space around them. */
  readonly label: Size;
}

/** The space on the left and the right of a text in its box. */
const TEXT_PADDING = 10;
/** The space below the last line of a box. */
const LINES_END = 8;
/** The space beside a title, for a mark such as that of a final state. */
const TITLE_MARK = 18;
const MIN_STATE_WIDTH = 72;

export function createChartGraph(chart: Chart, { details = false }: LayoutOptions): ChartGraph {
  const states = new Map<StatePath, GraphState>();
  const bySource = groupBy(chart.transitions, ({ source }) => source);

  function visit(state: ChartState, parent?: ChartState): void {
    const transitions = bySource.get(state.path) ?? [];
    const lines = placeLines([
      ...(details ? describeEffects(state) : []),
      ...transitions.filter(staysInside).map(toLine),
    ]);
    states.set(state.path, {
      state,
      ...(parent !== undefined && { parent: parent.path }),
      depth: parent === undefined ? 0 : (states.get(parent.path)?.depth ?? 0) + 1,
      order: states.size,
      isRegion: parent?.type === 'parallel',
      lines,
      header: measureHeader(state, lines),
    });
    for (const child of state.states) visit(child, state);
  }

  visit(chart.root);
  return { machine: chart.machine, states, edges: toEdges(chart.transitions, details) };
}

/** A transition without a target, or back to the same state, is a line in the box and not an arrow. */
function staysInside({ source, targets }: ChartTransition): boolean {
  return targets.every((target) => target === source);
}

function toEdges(transitions: readonly ChartTransition[], details: boolean): GraphEdge[] {
  const arrows = transitions
    .filter((transition) => !staysInside(transition))
    .flatMap((transition) => transition.targets.map((target) => ({ transition, target })));
  const bundles = groupBy(arrows, ({ transition, target }) => `${transition.source}>${target}`);
  return [...bundles].flatMap(([id, bundle]) => {
    const [first] = bundle;
    if (first === undefined) return [];
    const lines = bundle.map(({ transition }) => ({
      transition: transition.id,
      text: describeTransition(transition, details),
    }));
    const { source } = first.transition;
    const { target } = first;
    return [{ id, source, target, isInward: isInside(target, source), lines, label: measureLabel(lines) }];
  });
}

type LineContent = Pick<LayoutLine, 'kind' | 'transition' | 'text'>;

function describeEffects({ entry, exit, invokes }: ChartState): LineContent[] {
  const effects: LineContent[] = [];
  if (entry.length > 0)
    effects.push({ kind: 'entry', text: toEffectText('entry', ` / ${entry.join(', ')}`) });
  if (exit.length > 0) effects.push({ kind: 'exit', text: toEffectText('exit', ` / ${exit.join(', ')}`) });
  for (const name of invokes) effects.push({ kind: 'invoke', text: toEffectText('invoke', ` ${name}`) });
  return effects;
}

function toEffectText(keyword: string, action: string): LayoutText {
  return [
    { role: 'keyword', text: keyword },
    { role: 'action', text: action },
  ];
}

function toLine(transition: ChartTransition): LineContent {
  return { kind: 'transition', transition: transition.id, text: describeTransition(transition, true) };
}

function placeLines(contents: readonly LineContent[]): LayoutLine[] {
  return contents.map((content, index) => ({
    ...content,
    x: TEXT_PADDING,
    y: TITLE_HEIGHT + index * LINE_HEIGHT,
    width: measureText(joinText(content.text)),
    height: LINE_HEIGHT,
  }));
}

function measureHeader({ key }: ChartState, lines: readonly LayoutLine[]): Size {
  const title = measureText(key, TITLE_SIZE) + TITLE_MARK;
  return {
    width: Math.max(MIN_STATE_WIDTH, 2 * TEXT_PADDING + Math.max(title, ...lines.map(({ width }) => width))),
    height: TITLE_HEIGHT + (lines.length === 0 ? 0 : lines.length * LINE_HEIGHT + LINES_END),
  };
}

function measureLabel(lines: readonly LayoutLabelLine[]): Size {
  return {
    width: Math.max(...lines.map(({ text }) => measureText(joinText(text)))),
    height: lines.length * LINE_HEIGHT,
  };
}
