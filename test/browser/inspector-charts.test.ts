import { expect, test } from 'vitest';
import type { AnyStateNode } from 'xstate';
import { MACHINES } from '../../src/actors/machines.ts';
import { describeInBrowser } from '../support/browser.ts';
import { startServer } from '../support/start-server.ts';
import { openInspector, type ChartParts } from './inspector-page.ts';

const OPEN = { inspector: { access: 'open' } } as const;
const CLIPBOARD = { permissions: ['clipboard-read', 'clipboard-write'] };

/** The states and transitions of a machine, read without the code that makes charts. */
function partsOf(node: AnyStateNode): ChartParts {
  const own = [...node.transitions, ['', node.always ?? []] as const].flatMap(([descriptor, transitions]) =>
    transitions.map((_, index) => `${node.path.join('.')}|${descriptor}|${index}`),
  );
  const below = Object.values(node.states).map(partsOf);
  return {
    states: [node.path.join('.'), ...below.flatMap(({ states }) => states)].sort(),
    transitions: [...own, ...below.flatMap(({ transitions }) => transitions)].sort(),
  };
}

/** A transition with an action, which is shown when actions are shown. */
function idOfActing(root: AnyStateNode): string | undefined {
  for (const [descriptor, transitions] of root.transitions) {
    const index = transitions.findIndex(({ actions }) => actions.length > 0);
    if (index !== -1) return `${root.path.join('.')}|${descriptor}|${index}`;
  }
  return Object.values(root.states)
    .map(idOfActing)
    .find((id) => id !== undefined);
}

const NAMES = Object.keys(MACHINES) as (keyof typeof MACHINES)[];

describeInBrowser('the chart of a machine', (newTabs) => {
  test('shows every state and every transition once, and nothing else, with and without actions', async () => {
    const tabs = newTabs();
    const { url } = await startServer(OPEN);
    const inspector = await openInspector(tabs, url);
    const { page } = inspector;
    for (const name of NAMES) {
      const machine = partsOf(MACHINES[name].root);
      await inspector.show(`#/${name}`);
      await inspector.drawn(name);
      expect(await inspector.partsOfPicture(), name).toEqual(machine);
      expect(await inspector.partsOfList(), name).toEqual(machine);
      expect(await inspector.lit(), name).toEqual([]);
      await inspector.showActions();
      // The picture without actions stays until the other picture is ready.
      const acting = page.locator(
        `[data-chart=${name}] [data-transition="${idOfActing(MACHINES[name].root)}"]`,
      );
      await acting.filter({ hasText: ' / ' }).waitFor({ state: 'attached' });
      await inspector.drawn(name);
      expect(await inspector.partsOfPicture(), `${name} with actions`).toEqual(machine);
    }
    expect(tabs.errors).toEqual([]);
  });

  test('is copied as SVG, Mermaid and XState JSON, each of which can be read', async () => {
    const { url } = await startServer(OPEN);
    const inspector = await openInspector(newTabs(), url, '#/room', CLIPBOARD);
    const { page } = inspector;
    await inspector.drawn('room');
    const copy = async (form: string): Promise<string> => {
      await page.evaluate(`navigator.clipboard.writeText('')`);
      await page
        .getByRole('group', { name: 'Copy the chart as' })
        .getByRole('button', { name: form })
        .click();
      const read = (): Promise<string> => page.evaluate<string>('navigator.clipboard.readText()');
      await expect.poll(read).not.toBe('');
      return read();
    };
    const { states } = partsOf(MACHINES.room.root);

    const svg = await copy('SVG');
    const drawn = await page.evaluate<{ root: string; errors: number; texts: string[] }>(
      `(() => {
        const parsed = new DOMParser().parseFromString(${JSON.stringify(svg)}, 'image/svg+xml');
        const texts = [...parsed.querySelectorAll('text')].map(({ textContent }) => textContent);
        return { root: parsed.documentElement.tagName, errors: parsed.querySelectorAll('parsererror').length, texts };
      })()`,
    );
    expect(drawn).toMatchObject({ root: 'svg', errors: 0 });
    for (const state of states.slice(1)) expect(drawn.texts.join('\n')).toContain(state.split('.').at(-1));

    const mermaid = await copy('Mermaid');
    expect(mermaid).toMatch(/^stateDiagram-v2$/m);

    interface Node {
      readonly states?: Readonly<Record<string, Node>>;
    }
    const pathsOf = ({ states: below = {} }: Node, path: string): string[] => [
      path,
      ...Object.entries(below).flatMap(([key, node]) => pathsOf(node, path === '' ? key : `${path}.${key}`)),
    ];
    expect(pathsOf(JSON.parse(await copy('XState JSON')) as Node, '').sort()).toEqual(states);
  });
});
