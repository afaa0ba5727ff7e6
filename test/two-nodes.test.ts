/** The example of two nodes behind nginx: its files are right, and clients reach the nodes through its configuration. */

import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Centrifuge } from 'centrifuge';
import { EventSource } from 'eventsource';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { parse } from 'yaml';
import { readEnvironment } from '../src/config/environment.ts';
import { parseSettings } from '../src/config/parse-settings.ts';
import { Inbox } from '../src/system/inbox-harness.ts';
import { pickPort } from './support/pick-port.ts';
import { skipsWithout, startProgram } from './support/program.ts';
import { describeWithRedis } from './support/redis.ts';
import { startProcess } from './support/start-process.ts';
import { makeTempDir } from './support/temp-dir.ts';

const FOLDER = join(import.meta.dirname, '../examples/two-nodes');
const KEY = 'a key for the tests';
const WAYS = ['websocket', 'http_stream', 'sse'] as const;

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
}

function readCompose(): Readonly<Record<string, Service>> {
  const text = readFileSync(join(FOLDER, 'docker-compose.yml'), 'utf8');
  return (parse(text, { merge: true }) as { services: Record<string, Service> }).services;
}

describe('docker-compose.yml', () => {
  const services = readCompose();

  test.each(['node1', 'node2'])('starts %s with settings that are valid', (name) => {
    const environment = { ...services[name]?.environment, STATECAST_HTTP_API_KEY: KEY };
    const { input, problems } = readEnvironment(environment);
    expect(problems).toEqual([]);
    // The image listens on all addresses.
    expect(parseSettings({ host: '0.0.0.0', ...(input as object) })).toMatchObject({ ok: true });
  });

  test('starts what they need, and nginx with the configuration beside it', () => {
    expect(Object.keys(services).toSorted()).toEqual(['nginx', 'node1', 'node2', 'redis']);
    for (const { depends_on: needed = {} } of Object.values(services)) {
      expect(Object.keys(services)).toEqual(expect.arrayContaining(Object.keys(needed)));
    }
    expect(services['nginx']?.volumes).toEqual(['./nginx.conf:/etc/nginx/conf.d/default.conf:ro']);
  });
});

/** Starts nginx with the configuration of the example, in front of these ports. Returns its address. */
async function startNginx(ports: readonly number[]): Promise<string> {
  const dir = await makeTempDir();
  const port = await pickPort();
  await mkdir(join(dir, 'tmp'));
  const site = ports.reduce(
    (text, nodePort, index) => text.replace(`node${index + 1}:8000`, `127.0.0.1:${nodePort}`),
    readFileSync(join(FOLDER, 'nginx.conf'), 'utf8').replace('listen 80;', `listen 127.0.0.1:${port};`),
  );
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${dir}/tmp/${kind};`,
  );
  await writeFile(join(dir, 'site.conf'), site);
  await writeFile(
    join(dir, 'nginx.conf'),
    `${process.getuid?.() === 0 ? 'user root;' : ''} daemon off; pid ${dir}/nginx.pid; error_log stderr warn;
    events { worker_connections 256; }
    http { access_log off; ${paths.join(' ')} include ${dir}/site.conf; }`,
  );
  const args = ['-p', dir, '-e', 'stderr', '-c', join(dir, 'nginx.conf')];
  await startProgram(['nginx', ...args], { cwd: dir, env: {} }, port);
  return `http://127.0.0.1:${port}/`;
}

/** A client of the published SDK that is in the room, and what it has heard. */
async function enter(url: string, way: (typeof WAYS)[number]) {
  const endpoint = new URL(`/connection/${way}`, way === 'websocket' ? url.replace('http', 'ws') : url).href;
  const centrifuge = new Centrifuge([{ transport: way, endpoint }], {
    emulationEndpoint: new URL('/emulation', url).href,
    eventsource: EventSource,
    websocket: WebSocket,
  });
  onTestFinished(() => centrifuge.disconnect());
  const subscription = centrifuge.newSubscription('room1');
  const heard = new Inbox<unknown>();
  subscription.on('publication', ({ data }) => heard.push(data));
  subscription.subscribe();
  centrifuge.connect();
  await subscription.ready();
  return { subscription, heard };
}

describe.skipIf(skipsWithout(['nginx'], 'two nodes behind nginx', false))('behind nginx', () => {
  describeWithRedis('two nodes', (redis) => {
    test(
      'clients of every way hear each other, whichever node they are on',
      { timeout: 30_000 },
      async () => {
        const dir = await makeTempDir();
        const nodes = await Promise.all(
          ['one', 'two'].map((name) =>
            startProcess(['--log-level', 'silent'], {
              STATECAST_REDIS_URL: redis().url,
              STATECAST_DATA_DIR: join(dir, name),
              STATECAST_TRANSPORT: 'uws',
            }),
          ),
        );
        const url = await startNginx(nodes.map((node) => Number(new URL(node.url).port)));
        const clients = [];
        for (const way of [...WAYS, ...WAYS]) clients.push({ way, ...(await enter(url, way)) });
        const connections = await Promise.all(
          nodes.map(async (node) => {
            const { body } = await node.request('/health');
            return (JSON.parse(body) as { connections: number }).connections;
          }),
        );
        expect(Math.min(...connections)).toBeGreaterThan(0);
        const said = clients.map(({ way }, index) => `${index} by ${way}`);
        for (const [index, { subscription }] of clients.entries()) await subscription.publish(said[index]);
        for (const { heard } of clients) {
          await expect.poll(() => heard.items.length).toBe(said.length);
          expect(heard.items).toEqual(said);
        }
      },
    );
  });
});
