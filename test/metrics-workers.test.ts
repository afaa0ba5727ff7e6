/** One scrape of the shared port has the numbers of all workers. */

import { expect, test } from 'vitest';
import { eventually } from '../src/system/test-framework.ts';
import { readSamples, valueOf } from './support/prometheus.ts';
import { startProcess } from './support/start-process.ts';
import { makeTempDir } from './support/temp-dir.ts';

const CLIENTS = 12;

test('a scrape tells of each worker, with its number', async () => {
  const running = await startProcess(['--workers', '2', '--data-dir', await makeTempDir()]);
  for (let count = 0; count < CLIENTS; count += 1) await (await running.connect()).join('room1');
  // The primary tells its workers of each other after they listen.
  await eventually(async () => {
    const { status, body } = await running.request('/metrics');
    expect(status).toBe(200);
    const samples = readSamples(body);
    const nodes = new Set(samples.map(({ labels }) => labels['node'] ?? ''));
    expect(new Set([...nodes].map((node) => node.split('/')[1]))).toEqual(new Set(['1', '2']));
    expect(valueOf(samples, 'statecast_members')).toBe(CLIENTS);
    expect(valueOf(samples, 'statecast_connections')).toBe(CLIENTS);
    for (const node of nodes) {
      expect(valueOf(samples, 'statecast_workers', { node, state: 'listening' })).toBe(2);
    }
    expect(body.match(/^# TYPE statecast_members /gm)).toHaveLength(1);
    expect(body.match(/^# TYPE process_cpu_seconds_total /gm)).toHaveLength(1);
  });
});
