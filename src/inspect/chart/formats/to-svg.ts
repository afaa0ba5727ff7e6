/** Writes a chart with its layout as a complete SVG document. */

import type { Chart, StatePath } from '../chart.ts';
import type {
  Box,
  ChartLayout,
  LayoutEdge,
  LayoutInitial,
  LayoutNode,
  LayoutText,
  Point,
} from '../chart-layout.ts';
import { LINE_HEIGHT, measureText, TEXT_SIZE, TITLE_SIZE } from '../text-metrics.ts';
import { svgStyle, type SvgTheme } from './svg-style.ts';
import { joinText } from '../transition-text.ts';

export interface SvgOptions {
  /** Default `auto`: light or dark, as the reader's system prefers. */
  readonly theme?: SvgTheme;
  /** The active states that have no active children. They are highlighted, with their ancestors. Default: none. */
  readonly active?: readonly StatePath[];
}

const TITLE_INDENT = 10;
const HEAD_LENGTH = 8;
const HEAD_HALF_WIDTH = 4;
const DOT_RADIUS = 5;
const LABEL_PADDING = 4;
/** From the top of a line of text to its baseline. */
const BASELINE = 12;

export function toSvg(chart: Chart, layout: ChartLayout, options: SvgOptions = {}): string {
  const { theme = 'auto', active = [] } = options;
  const { machine, nodes, edges, initials } = layout;
  const id = machine.replaceAll(/\W/g, '-');
  const width = round(layout.width);
  const height = round(layout.height);
  const lit = new Set(active.flatMap(withAncestors));
  const leaves = new Set(active);
  const places = toPlaces(nodes);
  const states = nodes.map((node) => {
    const place = places.get(node.path) ?? node;
    return renderState(
      node,
      place,
      leaves.has(node.path) ? 'active leaf' : lit.has(node.path) ? 'active' : '',
    );
  });
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" class="statechart" width="${width}" height="${height}"` +
      ` viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc">`,
    `<title id="${id}-title">${escape(`The statechart of ${machine}`)}</title>`,
    `<desc id="${id}-desc">${escape(describe(chart, active))}</desc>`,
    `<style>${svgStyle(theme)}</style>`,
    '<rect class="paper" width="100%" height="100%"/>',
    ...states,
    ...initials.map(renderInitial),
    ...edges.map(renderArrow),
    ...edges.map(renderLabel),
    '</svg>',
  ].join('\n')}\n`;
}

function describe({ root, transitions }: Chart, active: readonly StatePath[]): string {
  const count = countStates(root.states);
  const now = active.length === 0 ? '' : ` Active: ${active.join(', ')}.`;
  return `${root.description} ${count} states, ${transitions.length} transitions.${now}`.trim();
}

function countStates(states: Chart['root']['states']): number {
  return states.reduce((sum, state) => sum + 1 + countStates(state.states), 0);
}

function renderState(node: LayoutNode, place: Box, activity: string): string {
  const { path, key, type, isRegion, description, titleHeight, lines } = node;
  const classes = ['state', type, isRegion ? 'region' : '', activity].filter((name) => name !== '');
  const name = path === '' ? key : path;
  const inner: Box = { x: place.x + 3, y: place.y + 3, width: place.width - 6, height: place.height - 6 };
  return [
    `<g class="${classes.join(' ')}" data-state="${escape(path)}">`,
    `<title>${escape(description === '' ? name : `${name}: ${description}`)}</title>`,
    renderBox(place, 8),
    ...(type === 'final' ? [renderBox(inner, 5)] : []),
    `<text class="key" x="${round(place.x + TITLE_INDENT)}" y="${round(place.y + titleHeight / 2 + TITLE_SIZE / 3)}"` +
      ` textLength="${measureText(key, TITLE_SIZE)}">${escape(key)}</text>`,
    ...lines.map((line) =>
      renderText(line.text, { x: place.x + line.x, y: place.y + line.y }, line.transition),
    ),
    '</g>',
  ].join('');
}

function renderBox({ x, y, width, height }: Box, radius: number): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${radius}"/>`;
}

function renderText(text: LayoutText, { x, y }: Point, transition?: string): string {
  const whole = joinText(text);
  const id = transition === undefined ? '' : ` data-transition="${escape(transition)}"`;
  const parts = text.map((part) => `<tspan class="${part.role}">${escape(part.text)}</tspan>`).join('');
  return (
    `<text${id} x="${round(x)}" y="${round(y + BASELINE)}" textLength="${measureText(whole, TEXT_SIZE)}"` +
    ` xml:space="preserve">${parts}</text>`
  );
}

function renderInitial({ dot, points }: LayoutInitial): string {
  const circle = `<circle cx="${round(dot.x)}" cy="${round(dot.y)}" r="${DOT_RADIUS}"/>`;
  return `<g class="initial">${circle}${renderLine(points)}</g>`;
}

function renderArrow({ id, points }: LayoutEdge): string {
  return `<g class="arrow" data-edge="${escape(id)}">${renderLine(points)}</g>`;
}

function renderLine(points: readonly Point[]): string {
  const line = points.map(({ x, y }) => `${round(x)},${round(y)}`).join(' ');
  return `<polyline points="${line}"/>${renderHead(points)}`;
}

function renderHead(points: readonly Point[]): string {
  const tip = points.at(-1);
  const from = points.at(-2);
  if (tip === undefined || from === undefined) return '';
  const ahead = { x: Math.sign(tip.x - from.x), y: Math.sign(tip.y - from.y) };
  const back = { x: tip.x - ahead.x * HEAD_LENGTH, y: tip.y - ahead.y * HEAD_LENGTH };
  const across = { x: ahead.y * HEAD_HALF_WIDTH, y: ahead.x * HEAD_HALF_WIDTH };
  const corners = [
    tip,
    { x: back.x + across.x, y: back.y + across.y },
    { x: back.x - across.x, y: back.y - across.y },
  ];
  return `<polygon points="${corners.map(({ x, y }) => `${round(x)},${round(y)}`).join(' ')}"/>`;
}

function renderLabel({ label }: LayoutEdge): string {
  const { x, y, width, height, lines } = label;
  const box = { x: x - LABEL_PADDING, y, width: width + 2 * LABEL_PADDING, height };
  const texts = lines.map(({ transition, text }, index) =>
    renderText(text, { x, y: y + index * LINE_HEIGHT }, transition),
  );
  return `<g class="label">${renderBox(box, 3)}${texts.join('')}</g>`;
}

/** The boxes with absolute places. */
function toPlaces(nodes: readonly LayoutNode[]): Map<StatePath, Box> {
  const places = new Map<StatePath, Box>();
  for (const { path, parent, x, y, width, height } of nodes) {
    const outer = parent === undefined ? undefined : places.get(parent);
    places.set(path, { x: x + (outer?.x ?? 0), y: y + (outer?.y ?? 0), width, height });
  }
  return places;
}

function withAncestors(path: StatePath): StatePath[] {
  const keys = path === '' ? [] : path.split('.');
  return ['', ...keys.map((_, index) => keys.slice(0, index + 1).join('.'))];
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
