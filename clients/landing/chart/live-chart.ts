/** The chart of the fullest room, live from the inspector's feed. Where the feed is closed or needs a token it stays hidden. */

import type { Chart, StatePath } from '../../../src/inspect/chart/chart.ts';
import type { BatchMessage } from '../../../src/inspect/feed/feed-protocol.ts';
import { createFeedClient } from '../../inspector/feed/feed-client.ts';
import { element } from '../../shared/dom.ts';
import { createPolling } from '../../shared/polling.ts';
import { createChartBoxes } from './chart-boxes.ts';
import { pickRoom } from './pick-room.ts';

/** How often the page looks for a room while it shows none, and whether the shown one is still there. */
const LOOK_INTERVAL_MS = 2_000;
/** How many of the fullest rooms are looked at. */
const LOOKED_AT = 10;

export interface LiveChart {
  readonly root: HTMLElement;
  /** Nothing is asked while the page is hidden. */
  setVisible(visible: boolean): void;
}

/** @param url of the inspector's feed */
export function createLiveChart(url: string): LiveChart {
  const client = createFeedClient({ url });
  const title = element('h3', {});
  const place = element('div', {});
  const words = element('p', { class: 'remark', 'data-testid': 'live-states' });
  const root = element('div', { class: 'live-chart', hidden: true }, title, place, words);
  let chart: Chart | undefined;
  let shown: { readonly room: string; readonly end: () => void } | undefined;

  const polling = createPolling({ ask: findRoom, listener: showRoom, intervalMs: LOOK_INTERVAL_MS });
  client.subscribe(() => {
    const isReady = client.state.name === 'ready';
    root.hidden = !isReady;
    if (isReady) polling.refresh();
    // The inspector's own page asks for a token; this one goes without.
    if (client.state.name === 'locked') client.disconnect();
  });

  return {
    root,
    setVisible(visible) {
      if (visible) client.connect();
      else client.disconnect();
      polling.setVisible(visible);
    },
  };

  async function findRoom(): Promise<string | undefined> {
    if (shown !== undefined) return shown.room;
    chart ??= await askChart();
    const found = await client.ask({
      type: 'catalogue',
      kinds: ['room'],
      sort: 'members',
      descending: true,
      limit: LOOKED_AT,
    });
    return found.type === 'answered' ? pickRoom(found.answer.actors) : undefined;
  }

  async function askChart(): Promise<Chart | undefined> {
    const asked = await client.ask({ type: 'chart', machine: 'room' });
    return asked.type === 'answered' ? asked.answer.chart : undefined;
  }

  function showRoom(room: string | undefined): void {
    if (shown !== undefined || chart === undefined) return;
    if (room === undefined) {
      title.textContent = 'No room is open';
      place.replaceChildren();
      words.textContent = 'Open one, and its chart appears here.';
      return;
    }
    title.replaceChildren(
      'The room ',
      element('a', { href: `/inspector#/room/${encodeURIComponent(room)}` }, room),
    );
    const boxes = createChartBoxes(chart);
    place.replaceChildren(boxes.root);
    const end = client.watch({ kind: 'room', id: room }, false, {
      began: (actors) => light(actors[0]?.states ?? []),
      heard: (batch) => hear(batch),
      refused: forget,
      lost: forget,
    });
    shown = { room, end };

    function light(states: readonly StatePath[]): void {
      boxes.light(states);
      words.textContent = `Now: ${states.map(lastKey).join(', ')}.`;
    }

    function hear({ actors, items }: BatchMessage): void {
      const [actor] = actors;
      if (actor !== undefined) light(actor.states);
      if (items.some(({ type }) => type === 'ended' || type === 'failed')) forget();
    }
  }

  function forget(): void {
    shown?.end();
    shown = undefined;
  }
}

function lastKey(path: StatePath): string {
  return path.slice(path.lastIndexOf('.') + 1);
}
