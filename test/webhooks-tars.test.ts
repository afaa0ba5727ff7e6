/** Webhooks to a real TARS servant (`tars/events.tars`), which refuses, fails, is down, and comes back. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { serveTars, type ServedTars } from '../src/tars.ts';
import {
  createEventsAdapter,
  EventsMethods,
  type Event,
  type EventsTellArgs,
} from '../src/tars/servants/events.ts';
import { keepEvents, nextEvent } from './support/event-watch.ts';
import { createGate } from './support/gate.ts';
import { sendByRoom } from './support/line-client.ts';
import { startProcess } from './support/start-process.ts';
import { startServer } from './support/start-server.ts';
import { makeTempDir } from './support/temp-dir.ts';

const OBJECT = 'Tests.Crm.EventsObj';

/** @param answer What is answered to each call; what it throws is an error of the servant. */
async function startServant(answer: (args: EventsTellArgs) => number, port = 0): Promise<ServedTars> {
  const adapter = createEventsAdapter(
    { tell: async (args) => ({ ret: answer(args) }) },
    { failed: () => undefined },
  );
  const served = await serveTars({
    endpoint: `tcp -h 127.0.0.1 -p ${port}`,
    servants: { [OBJECT]: adapter },
  });
  onTestFinished(() => served.close());
  return served;
}

function objectAt(port: number): string {
  return `${OBJECT}@tcp -h 127.0.0.1 -p ${port}`;
}

test('a servant of the settings is told who came, what was said, and who went', async () => {
  const told: Event[] = [];
  const { address } = await startServant(({ events }) => {
    told.push(...events);
    return 0;
  });
  const dir = await makeTempDir();
  const config = join(dir, 'settings.json');
  const settings = {
    dataDir: join(dir, 'data'),
    line: { userParameter: true },
    tars: { servants: { crm: { object: objectAt(address.port) } } },
    webhooks: [{ servant: 'crm', events: ['*'], rooms: ['room1'] }],
  };
  await writeFile(config, JSON.stringify(settings));
  const { connect, request, kill, exited } = await startProcess(['--config', config]);
  const ann = await connect({ path: '/?user=ann' });
  await ann.join('room1');
  await ann.ask(sendByRoom('room1', 'hi \u{1f600}'));
  const health = JSON.parse((await request('/health')).body) as { webhooks: object };
  expect(health.webhooks).toMatchObject({ crm: { dropped: 0 } });
  kill('SIGTERM');
  expect(await exited).toMatchObject({ code: 0 });
  const client = told[1]?.client;
  const who = { client, user: 'ann' };
  expect(told).toMatchObject([
    { type: 'server.started', clean: true },
    { type: 'connection.opened', ...who, remoteAddress: '127.0.0.1' },
    { type: 'member.joined', channel: 'room1', ...who },
    { type: 'message.published', channel: 'room1', ...who, dataJson: '"hi \u{1f600}"', offset: 1 },
    { type: 'member.left', channel: 'room1', ...who, reason: 'shutdown' },
    { type: 'connection.closed', ...who, code: 3001 },
  ]);
  expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
});

test('what a servant does not take comes again, in order, and its failed calls are no events', async () => {
  const calls: EventsTellArgs[] = [];
  const troubles = [
    () => 7,
    () => {
      throw new Error('the database is down');
    },
  ];
  const all = createGate();
  const answer = (args: EventsTellArgs): number => {
    calls.push(args);
    const ret = troubles.shift()?.() ?? 0;
    if (ret === 0 && args.events.some(({ dataJson }) => dataJson === '3')) all.open();
    return ret;
  };
  const served = await startServant(answer);
  const { port } = served.address;
  const { server } = await startServer({
    servants: { crm: { object: objectAt(port), methods: EventsMethods } },
    webhooks: [{ servant: 'crm', events: ['message.published', 'call.failed'] }],
  });
  const failures = keepEvents(server, 'webhook.failed');
  const failedCalls = keepEvents(server, 'rpc.failed');
  const recovered = nextEvent(server, 'webhook.recovered');
  const refused = nextEvent(server, 'webhook.failed');
  await server.publish('room1', 1);
  await refused;
  await server.publish('room1', 2);
  await served.close();
  await server.publish('room1', 3);
  await startServant(answer, port);
  await recovered;
  await all.opened;
  const taken = new Map(calls.flatMap(({ events }) => events).map((event) => [event.id, event.dataJson]));
  expect([...taken.values()]).toEqual(['1', '2', '3']);
  expect(new Set(calls.filter(({ events }) => events[0]?.dataJson === '1').map(({ id }) => id)).size).toBe(1);
  expect(failures).toEqual([{ webhook: 'crm', error: new Error('the servant returned 7') }]);
  expect(failedCalls).toEqual([]);
});
