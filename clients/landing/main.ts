/** The first page: fills in live figures and examples. */

import { createAnnouncer } from '../shared/announcer.ts';
import { createChartStrip } from '../shared/chart-strip.ts';
import { required } from '../shared/dom.ts';
import { fetchHealth, type Health } from '../shared/health.ts';
import { offerInspector } from '../shared/inspector-links.ts';
import { createSnippetView } from './snippet-view.ts';
import { writeSnippets } from './snippets.ts';
import { formatUptime } from './uptime.ts';

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
let timer = 0;

required('#server-chart', 'div').append(strip.root);
required('#snippets', 'div').append(
  ...writeSnippets(location.origin).map((snippet) => createSnippetView(snippet, announcer)),
);
document.body.append(announcer.root);
document.addEventListener('visibilitychange', () => void refresh());
await refresh();

/** Asks while somebody looks; a page that is looked at again asks at once. */
async function refresh(): Promise<void> {
  clearTimeout(timer);
  if (document.visibilityState !== 'visible') return;
  show(await fetchHealth());
  clearTimeout(timer);
  timer = window.setTimeout(() => void refresh(), REFRESH_INTERVAL_MS);
}

function show(health: Health | undefined): void {
  const { words, tone } = describeStatus(health);
  figures.status.textContent = words;
  figures.status.dataset['tone'] = tone;
  if (health === undefined) return strip.show(undefined);
  offerInspector(health);
  strip.show(health.status === 'draining' ? 'draining' : 'listening');
  figures.connections.textContent = health.connections.toLocaleString();
  figures.rooms.textContent = health.rooms.toLocaleString();
  figures.uptime.textContent = formatUptime(health.uptimeSeconds);
  figures.version.textContent = health.version;
}

function describeStatus(health: Health | undefined): { words: string; tone: 'good' | 'warn' | 'bad' } {
  if (health === undefined) return { words: 'no answer', tone: 'bad' };
  if (health.status === 'ok') return { words: 'ok', tone: 'good' };
  if (health.store === 'failing') return { words: `${health.status}: store failing`, tone: 'warn' };
  return { words: health.status, tone: 'warn' };
}
