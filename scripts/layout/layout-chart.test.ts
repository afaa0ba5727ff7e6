import Elk from 'elkjs';
import { describe, expect, test } from 'vitest';
import { type AnyStateMachine, createMachine } from 'xstate';
import { MACHINES } from '../../src/actors/machines.ts';
import type { Box, ChartLayout, LayoutEdge, Point } from '../../src/inspect/chart/chart-layout.ts';
import { describeChart } from '../../src/inspect/chart/describe-chart.ts';
import { crosses, moveBox } from './geometry.ts';
import { layoutChart } from './layout-chart.ts';
import { LINE_HEIGHT, measureText } from '../../src/inspect/chart/text-metrics.ts';
import { joinText } from '../../src/inspect/chart/transition-text.ts';

const elk = new Elk.default();

/** A chart with cases that the server's machines do not have: arrows between regions, out of nested regions, and so on. */
const ODD_MACHINES: Readonly<Record<string, AnyStateMachine>> = {
  'a machine that is parallel itself': createMachine({
    id: 'parallelRoot',
    type: 'parallel',
    states: {
      left: {},
      right: { initial: 'on', states: { on: { on: { flip: 'off' } }, off: { on: { flip: 'on' } } } },
    },
  }),
  'regions in regions with arrows out of all of them': createMachine({
    id: 'nested',
    initial: 'before',
    states: {
      before: { on: { go: 'busy', deep: '#nested.busy.b.inner.y.two' } },
      busy: {
        type: 'parallel',
        on: { quit: 'after' },
        states: {
          a: { initial: 'one', states: { one: { on: { back: '#nested.before', ahead: 'two' } }, two: {} } },
          b: {
            initial: 'inner',
            states: {
              inner: {
                type: 'parallel',
                states: {
                  x: {
                    initial: 'one',
                    states: { one: { on: { out: '#nested.after', up: '#nested.before' } } },
                  },
                  y: { initial: 'one', states: { one: { on: { leave: '#nested.busy.b.done' } }, two: {} } },
                },
              },
              done: { on: { out: '#nested.after' } },
            },
          },
          c: { initial: 'one', states: { one: { on: { out: '#nested.after', back: '#nested.before' } } } },
        },
      },
      after: { type: 'final' },
    },
  }),
  'arrows between regions and to the parent of regions': createMachine({
    id: 'entangled',
    initial: 'both',
    states: {
      both: {
        type: 'parallel',
        on: { split: { target: ['.a.two', '.b.two'], reenter: true } },
        states: {
          a: {
            initial: 'one',
            states: {
              one: { on: { swap: '#entangled.both.b.two' } },
              two: { on: { redo: '#entangled.both' } },
            },
          },
          b: { initial: 'one', states: { one: {}, two: {} } },
        },
      },
    },
  }),
  'transitions back to their own state': createMachine({
    id: 'self',
    initial: 'one',
    states: {
      one: { on: { again: { target: 'one', reenter: true }, next: 'two' } },
      two: { on: { home: { target: '#self', reenter: true } } },
    },
  }),
};

const CASES = [
  ...Object.values(MACHINES).map((machine) => [`the chart of ${machine.id}`, machine] as const),
  ...Object.entries(ODD_MACHINES),
].flatMap(([name, machine]) => [
  [name, describeChart(machine as AnyStateMachine), false] as const,
  [`${name} with details`, describeChart(machine as AnyStateMachine), true] as const,
]);

describe.each(CASES)('%s', (_, chart, details) => {
  const laidOut = layoutChart(chart, elk, { details });

  test('has a box for each state, and shows each transition once', async () => {
    const { nodes, edges } = await laidOut;
    const states: string[] = [];
    const visit = (state: typeof chart.root): void => {
      states.push(state.path);
      for (const child of state.states) visit(child);
    };
    visit(chart.root);
    expect(nodes.map(({ path }) => path)).toEqual(states);
    const drawn = [
      ...nodes.flatMap(({ lines }) => lines.flatMap(({ transition }) => transition ?? [])),
      ...new Set(edges.flatMap(({ transitions }) => transitions)),
    ];
    expect(drawn.sort()).toEqual(chart.transitions.map(({ id }) => id).sort());
  });

  test('keeps children inside their parents, below or beside the header, and apart from each other', async () => {
    const layout = await laidOut;
    for (const node of layout.nodes) {
      const children = layout.nodes.filter(({ parent }) => parent === node.path);
      const inside = { x: 4, y: 4, width: node.width - 8, height: node.height - 8 };
      for (const [index, child] of children.entries()) {
        expect([child.path, contains(inside, child)]).toEqual([child.path, true]);
        expect([child.path, headersOf(node).filter((text) => overlap(text, child))]).toEqual([
          child.path,
          [],
        ]);
        for (const other of children.slice(index + 1))
          expect([child.path, other.path, overlap(child, other)]).toEqual([child.path, other.path, false]);
      }
    }
  });

  test('has enough space for all texts', async () => {
    const { nodes, edges } = await laidOut;
    for (const { lines, width, height } of nodes) {
      for (const line of lines) {
        expect(line.width).toBe(measureText(joinText(line.text)));
        expect(contains({ x: 0, y: 0, width, height }, line)).toBe(true);
      }
    }
    for (const { label } of edges) {
      expect(label.width).toBe(Math.max(...label.lines.map(({ text }) => measureText(joinText(text)))));
      expect(label.height).toBe(label.lines.length * LINE_HEIGHT);
    }
  });

  test('keeps labels apart from each other, from the texts of states and from states without children', async () => {
    const layout = await laidOut;
    const obstacles = toObstacles(layout);
    for (const [index, { id, label }] of layout.edges.entries()) {
      expect([id, obstacles.filter((box) => overlap(box, label))]).toEqual([id, []]);
      for (const other of layout.edges.slice(index + 1))
        expect([id, other.id, overlap(label, other.label)]).toEqual([id, other.id, false]);
    }
  });

  test('draws arrows from border to border, with vertical and horizontal parts only', async () => {
    const { nodes, edges, initials, width, height } = await laidOut;
    const boxes = toPlaces(nodes);
    for (const { points, target, ...edge } of [...edges, ...initials]) {
      expect(points.length).toBeGreaterThan(1);
      for (const [index, point] of points.entries()) {
        expect(contains({ x: 0, y: 0, width, height }, { ...point, width: 0, height: 0 })).toBe(true);
        const before = points[index - 1] ?? point;
        expect(point.x === before.x || point.y === before.y).toBe(true);
      }
      expect([target, isOnBorder(points.at(-1), boxes.get(target))]).toEqual([target, true]);
      if (!('source' in edge)) continue;
      const start = isInward(edge.source, target) ? edge.label : boxes.get(edge.source);
      expect([edge.source, target, isOnBorder(points[0], start)]).toEqual([edge.source, target, true]);
    }
  });

  test('draws no arrow through states, texts of states or labels of other arrows', async () => {
    const layout = await laidOut;
    const obstacles = toObstacles(layout);
    for (const { id, points } of layout.edges) {
      expect([id, obstacles.filter((box) => crosses(points, shrink(box)))]).toEqual([id, []]);
      const others = layout.edges.filter((other) => other.id !== id);
      const crossed = others.filter(({ label }) => crosses(points, shrink(label)));
      expect([id, crossed.map((other) => other.id)]).toEqual([id, []]);
    }
  });

  test('has the label of an arrow on its line', async () => {
    const { edges } = await laidOut;
    const astray = edges.filter(
      ({ points, label, source, target }) => !isInward(source, target) && !crosses(points, label),
    );
    expect(astray.map(({ id }) => id)).toEqual([]);
  });
});

test('the layout of a chart is always the same', async () => {
  const chart = describeChart(MACHINES.room);
  expect(await layoutChart(chart, new Elk.default())).toEqual(await layoutChart(chart, elk));
});

test.each(Object.values(MACHINES).map((machine) => [machine.id, machine] as const))(
  'the chart of %s fits on a screen rather than on a strip',
  async (_, machine) => {
    const { width, height } = await layoutChart(describeChart(machine), elk);
    // What is one and a half times as wide as high is shown as large on a screen as what is as high.
    expect(Math.max(width / 1.5, height)).toBeLessThan(2_500);
    expect(width / height).toBeGreaterThan(0.4);
    expect(width / height).toBeLessThan(2.5);
  },
);

/** The texts of a state, as boxes relative to it. */
function headersOf(node: ChartLayout['nodes'][number]): Box[] {
  const title = { x: 10, y: 6, width: measureText(node.key, 13), height: node.titleHeight - 10 };
  return [title, ...node.lines];
}

/** Boxes that nothing may cover: the texts of states, and the states without children. */
function toObstacles({ nodes }: ChartLayout): Box[] {
  const places = toPlaces(nodes);
  const parents = new Set(nodes.map(({ parent }) => parent));
  return nodes.flatMap((node) => {
    const place = places.get(node.path) ?? node;
    return parents.has(node.path) ? headersOf(node).map((text) => moveBox(text, place)) : [place];
  });
}

function toPlaces(nodes: ChartLayout['nodes']): Map<string, Box> {
  const places = new Map<string, Box>();
  for (const { path, parent, x, y, width, height } of nodes)
    places.set(path, moveBox({ x, y, width, height }, places.get(parent ?? '-') ?? { x: 0, y: 0 }));
  return places;
}

function contains(outer: Box, { x, y, width, height }: Box): boolean {
  return (
    x >= outer.x && y >= outer.y && x + width <= outer.x + outer.width && y + height <= outer.y + outer.height
  );
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function shrink({ x, y, width, height }: Box): Box {
  return { x: x + 0.5, y: y + 0.5, width: width - 1, height: height - 1 };
}

/** With a tolerance of half a pixel. The small space beside the text of a label belongs to the label. */
function isOnBorder(point: Point | undefined, box: Box | undefined): boolean {
  if (point === undefined || box === undefined) return false;
  const across = Math.min(Math.abs(point.x - box.x), Math.abs(point.x - box.x - box.width));
  const along = Math.min(Math.abs(point.y - box.y), Math.abs(point.y - box.y - box.height));
  const grown = { x: box.x - 5, y: box.y - 1, width: box.width + 10, height: box.height + 2 };
  return contains(grown, { ...point, width: 0, height: 0 }) && (across <= 5 || along < 0.5);
}

function isInward(source: LayoutEdge['source'], target: LayoutEdge['target']): boolean {
  return source === '' || target.startsWith(`${source}.`);
}
