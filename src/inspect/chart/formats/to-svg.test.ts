import Elk from 'elkjs';
import { describe, expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { MACHINES } from '../../../actors/machines.ts';
import { describeChart } from '../describe-chart.ts';
import { layoutChart } from '../../../../scripts/layout/layout-chart.ts';
import { toSvg } from './to-svg.ts';

const elk = new Elk.default();

/** Reads XML as strictly as a browser does; tells the elements with their attributes, and the texts. */
function readXml(text: string): { elements: Map<string, string>[]; texts: string[] } {
  const elements: Map<string, string>[] = [];
  const texts: string[] = [];
  const open: string[] = [];
  const piece =
    /<(\/?)([a-z]+)((?: [a-zA-Z:-]+="[^"<&]*(?:&[a-z]+;[^"<&]*)*")*)(\/?)>|((?:[^<>&]|&(?:lt|gt|amp|quot);)+)/gy;
  while (piece.lastIndex < text.length) {
    const at = piece.lastIndex;
    const found = piece.exec(text);
    if (found === null) expect.fail(`no XML: ${text.slice(at, at + 80)}`);
    const [, closing, name = '', attributes = '', empty, words] = found;
    if (words !== undefined) texts.push(words);
    else if (closing === '/') expect(open.pop()).toBe(name);
    else {
      const pairs = [...attributes.matchAll(/([a-zA-Z:-]+)="([^"]*)"/g)].map(
        ([, key = '', value = '']) => [key, value] as const,
      );
      elements.push(new Map([['element', name], ...pairs]));
      if (empty !== '/') open.push(name);
    }
  }
  expect(open).toEqual([]);
  return { elements, texts };
}

function valuesOf(elements: readonly Map<string, string>[], attribute: string): string[] {
  return elements.flatMap((element) => element.get(attribute) ?? []);
}

describe.each(Object.values(MACHINES).map((machine) => [machine.id, describeChart(machine)] as const))(
  'the SVG of %s',
  (_, chart) => {
    const laidOut = layoutChart(chart, elk, { details: true });

    test('is one document with every state and transition, for eyes and for screen readers', async () => {
      const layout = await laidOut;
      const { elements, texts } = readXml(toSvg(chart, layout));
      expect(valuesOf(elements, 'data-state')).toEqual(layout.nodes.map(({ path }) => path));
      expect(valuesOf(elements, 'data-transition').sort()).toEqual(
        chart.transitions.map(({ id }) => id).sort(),
      );
      expect(elements[0]?.get('aria-labelledby')).toBe(
        valuesOf(
          elements.filter((element) => element.has('id')),
          'id',
        ).join(' '),
      );
      for (const { key, description } of layout.nodes) {
        expect(texts).toContain(key);
        expect(texts.some((text) => text.includes(description.replaceAll('"', '&quot;')))).toBe(true);
      }
    });

    test('loads nothing and stays within its own measures', async () => {
      const layout = await laidOut;
      const { elements } = readXml(toSvg(chart, layout));
      expect(elements[0]?.get('viewBox')).toBe(
        `0 0 ${elements[0]?.get('width')} ${elements[0]?.get('height')}`,
      );
      expect(Number(elements[0]?.get('width'))).toBeCloseTo(layout.width, 1);
      const links = elements
        .flatMap((element) => [...element.keys()])
        .filter((name) => /href|src|on[a-z]+/.test(name));
      expect(links).toEqual([]);
    });
  },
);

test('active states are lit with their ancestors', async () => {
  const chart = describeChart(MACHINES.connection);
  const layout = await layoutChart(chart, elk);
  const active = ['open.flow.clear', 'open.work.busy'];
  const { elements, texts } = readXml(toSvg(chart, layout, { active }));
  const lit = elements.filter((element) => element.get('class')?.split(' ').includes('active'));
  expect(valuesOf(lit, 'data-state')).toEqual([
    '',
    'open',
    'open.flow',
    'open.flow.clear',
    'open.work',
    'open.work.busy',
  ]);
  const leaves = lit.filter((element) => element.get('class')?.split(' ').includes('leaf'));
  expect(valuesOf(leaves, 'data-state')).toEqual(active);
  expect(texts.some((text) => text.endsWith(`Active: ${active.join(', ')}.`))).toBe(true);
});

test('the theme is the reader’s unless it is chosen', async () => {
  const chart = describeChart(MACHINES.moderation);
  const layout = await layoutChart(chart, elk);
  const [auto, light, dark] = (['auto', 'light', 'dark'] as const).map((theme) =>
    toSvg(chart, layout, { theme }),
  );
  expect(toSvg(chart, layout)).toBe(auto);
  expect(auto).toContain('@media (prefers-color-scheme: dark)');
  expect(light).not.toContain('prefers-color-scheme');
  expect(dark).not.toContain('prefers-color-scheme');
  expect(light).not.toBe(dark);
});

test('names may have any characters', async () => {
  const machine = createMachine({
    id: 'a<b>&"c"',
    initial: 'x',
    states: { x: { description: '<script>"&', on: { '<&">': 'y' } }, y: {} },
  });
  const chart = describeChart(machine);
  const { texts, elements } = readXml(toSvg(chart, await layoutChart(chart, elk)));
  expect(texts).toContain('&lt;&amp;&quot;&gt;');
  expect(elements[0]?.get('aria-labelledby')).not.toContain('<');
});
