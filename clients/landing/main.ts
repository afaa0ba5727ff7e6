/** The first page: shows live figures and examples. */

import { createAnnouncer } from '../shared/announcer.ts';
import { createChartStrip } from '../shared/chart-strip.ts';
import { required } from '../shared/dom.ts';
import { formatSeconds } from '../shared/duration.ts';
import { fetchHealth, type Health } from '../shared/health.ts';
import { offerInspector } from '../shared/inspector-links.ts';
import { createPolling } from '../shared/polling.ts';
import type { LiveChart } from './chart/live-chart.ts';
import { writeRoomAddress } from '../shared/room-address.ts';
import { createSnippetView } from './snippet-view.ts';
import { writeSnippets } from './snippets.ts';

const REFRESH_INTERVAL_MS = 3_000;

const announcer = createAnnouncer();
const strip = createChartStrip(['starting', 'listening', 'draining', 'stopped']);
const figures = {
  status: required('#health-status', 'dd'),
  connections: required('#health-connections', 'dd'),
  rooms: required('#health-rooms', 'dd'),
  uptime: required('#health-uptime', 'dd'),
  version: required('#health-version', 'dd'),
};
let liveChart: LiveChart | undefined;
let isChartWanted = false;
const polling = createPolling({ ask: fetchHealth, listener: show, intervalMs: REFRESH_INTERVAL_MS });

required('#open-room', 'form').addEventListener('submit', (event) => {
  event.preventDefault();
  location.href = writeRoomAddress(required('#room-name', 'input').value);
});
required('#server-chart', 'div').append(strip.root);
required('#snippets', 'div').append(
  ...writeSnippets(location.origin).map((snippet) => createSnippetView(snippet, announcer)),
);
document.body.append(announcer.root);
document.addEventListener('visibilitychange', pollWhileVisible);
pollWhileVisible();

function pollWhileVisible(): void {
  const visible = document.visibilityState === 'visible';
  polling.setVisible(visible);
  liveChart?.setVisible(visible);
}

/** Its code is loaded only where the server has an inspector that is open. */
async function showLiveChart(): Promise<void> {
  if (isChartWanted) return;
  isChartWanted = true;
  const { createLiveChart } = await import('./chart/live-chart.ts');
  liveChart = createLiveChart(`${location.origin.replace(/^http/, 'ws')}/inspector/feed`);
  required('#live-chart', 'div').append(liveChart.root);
  liveChart.setVisible(document.visibilityState === 'visible');
}

function show(health: Health | undefined): void {
  const { words, tone } = describeStatus(health);
  figures.status.textContent = words;
  figures.status.dataset['tone'] = tone;
  if (health === undefined) return strip.show(undefined);
  offerInspector(health);
  if (health.inspectorOpen) void showLiveChart();
  strip.show(health.status === 'draining' ? 'draining' : 'listening');
  figures.connections.textContent = health.connections.toLocaleString();
  figures.rooms.textContent = health.rooms.toLocaleString();
  figures.uptime.textContent = formatSeconds(health.uptimeSeconds);
  figures.version.textContent = health.version;
}

function describeStatus(health: Health | undefined): { words: string; tone: 'good' | 'warn' | 'bad' } {
  if (health === undefined) return { words: 'no answer', tone: 'bad' };
  if (health.status === 'ok') return { words: 'ok', tone: 'good' };
  if (health.store === 'failing') return { words: `${health.status}: store failing`, tone: 'warn' };
  return { words: health.status, tone: 'warn' };
}
