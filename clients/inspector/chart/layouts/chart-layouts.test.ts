import { describe, expect, it } from 'vitest';
import type { ChartLayout } from '../../../../src/inspect/chart/chart-layout.ts';
import { createChartLayouts, type LayOut } from './chart-layouts.ts';
import { chartOf as chartWith, layoutOf } from '../../testing/charts.ts';

const chartOf = (machine: string) => ({ ...chartWith([]), machine });

describe('the layouts made so far', () => {
  it('lays a chart out once, also when an equal one comes from elsewhere', async () => {
    const { layouts, tasks, answer } = setUp();
    const told = listenOnce();
    layouts.request(chartOf('room'), false, told.listener);
    layouts.request(chartOf('room'), false, told.listener);
    expect(tasks()).toEqual(['room']);
    expect(layouts.peek(chartOf('room'), false)).toEqual({ type: 'pending' });
    answer();
    await told.promise;
    expect(layouts.peek(chartOf('room'), false)).toMatchObject({
      type: 'ready',
      layout: { machine: 'room' },
    });
    layouts.request(chartOf('room'), false, told.listener);
    expect(tasks()).toEqual(['room']);
  });

  it('keeps the pictures with and without actions apart', () => {
    const { layouts, tasks } = setUp();
    const { listener } = listenOnce();
    layouts.request(chartOf('room'), false, listener);
    layouts.request(chartOf('room'), true, listener);
    expect(tasks()).toEqual(['room', 'room with details']);
  });

  it('gives the same object as long as nothing has changed', async () => {
    const { layouts, answer } = setUp();
    const told = listenOnce();
    const chart = chartOf('room');
    expect(layouts.peek(chart, false)).toBe(layouts.peek(chart, true));
    layouts.request(chart, false, told.listener);
    answer();
    await told.promise;
    expect(layouts.peek(chart, false)).toBe(layouts.peek(chartOf('room'), false));
  });

  it('tells of a layout that could not be made', async () => {
    const layouts = createChartLayouts(() => Promise.reject(new Error('no room left')));
    const told = listenOnce();
    layouts.request(chartOf('room'), false, told.listener);
    await told.promise;
    expect(layouts.peek(chartOf('room'), false)).toEqual({
      type: 'failed',
      reason: 'Error: no room left',
    });
  });
});

function setUp() {
  const tasks: string[] = [];
  const answers: (() => void)[] = [];
  const layOut: LayOut = (chart, { details }) => {
    tasks.push(`${chart.machine}${details ? ' with details' : ''}`);
    return new Promise<ChartLayout>((resolve) => {
      answers.push(() => resolve(layoutOf(chart.machine)));
    });
  };
  return {
    layouts: createChartLayouts(layOut),
    tasks: () => tasks,
    answer: () => answers.shift()?.(),
  };
}

function listenOnce(): { readonly promise: Promise<void>; readonly listener: () => void } {
  let tell: () => void = () => {};
  const promise = new Promise<void>((resolve) => {
    tell = resolve;
  });
  return { promise, listener: () => tell() };
}
