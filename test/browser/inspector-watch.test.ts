import { onTestFinished, expect, test, vi } from 'vitest';
import { HelloMethods } from '../../src/tars/servants/hello.ts';
import { createServantServer } from '../../src/tars/server/servant-server.ts';
import { createServer, type RpcError } from '../../src/index.ts';
import { describeInBrowser, type Tabs } from '../support/browser.ts';
import { nextEvent } from '../support/event-watch.ts';
import { createGate } from '../support/gate.ts';
import { sendByRoom } from '../support/line-client.ts';
import { pickPort } from '../support/pick-port.ts';
import { reach, startServer } from '../support/start-server.ts';
import { openInspector } from './inspector-page.ts';

const OPEN = { inspector: { access: 'open' } } as const;
/** A message opens the room, since its rate is judged there. */
const JUDGED = { ...OPEN, rooms: { lobby: { messagesPerSecond: 9 } } } as const;
const KIB = 1024;
const MIB = 1024 * KIB;

/** The leaf states of a connection that waits for commands, and reads as fast as it is sent to or slower. */
const READY = 'open.credentials.valid open.flow.clear open.liveness.alive open.work.ready';
const CONGESTED = 'open.credentials.valid open.flow.congested open.liveness.alive open.work.ready';

const BURSTS = 100;
const PER_BURST = 20;
const BURST_MS = 20;
const MESSAGES = BURSTS * PER_BURST;

/** A number in a line: the first group of a pattern; 1 when the group is left out, 0 when nothing matches. */
function countIn(line: string, pattern: RegExp): number {
  const match = pattern.exec(line);
  return match === null ? 0 : Number((match[1] ?? '1').replaceAll(/[.,]/g, ''));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** Whether the `expected` texts are in this order in `seen`. Other texts may be between them. */
function inOrder(seen: readonly string[], expected: readonly string[]): boolean {
  let from = 0;
  return expected.every((each) => {
    from = seen.indexOf(each, from) + 1;
    return from > 0;
  });
}

/** A servant that does not answer while `isDeaf` is true. */
async function startServant() {
  const servant = { isDeaf: true };
  const server = createServantServer({
    host: '127.0.0.1',
    port: 0,
    closeTimeoutMs: 0,
    servants: new Map([
      [
        'A.B.C',
        {
          dispatch: () =>
            servant.isDeaf
              ? new Promise<never>(() => undefined)
              : Promise.resolve({ ret: 0, body: HelloMethods.add.result.encode({ ret: 3 }) }),
        },
      ],
    ]),
  });
  onTestFinished(() => server.close());
  const { port } = await server.listen();
  return {
    servant,
    servants: { hello: { object: `A.B.C@tcp -h 127.0.0.1 -p ${port}`, methods: HelloMethods } },
  };
}

/** Opens the inspector of a new server, with a room that has one member. */
async function watchLobby(tabs: Tabs) {
  const { url, connect, server } = await startServer(OPEN);
  const client = await connect();
  await client.join('lobby');
  const inspector = await openInspector(tabs, url, '#/room/lobby');
  await inspector.drawn('room');
  await inspector.untilLit('active.broadcast.flowing');
  return { inspector, server, client };
}

describeInBrowser('what is watched live', (newTabs) => {
  test('a join that waits for its handler, in the connection and in the room', async () => {
    const tabs = newTabs();
    const gate = createGate();
    const { url, connect, server } = await startServer({
      ...OPEN,
      rooms: { lobby: { onJoin: () => gate.opened } },
    });
    const client = await connect();
    const opened = nextEvent(server, 'room.opened');
    client.send('subscribe|lobby');
    await opened;
    const inspector = await openInspector(tabs, url, '#/room/lobby');
    const membership = inspector.page
      .getByRole('list', { name: 'Related actors' })
      .locator('a[href^="#/membership/"]');
    await membership.click();
    await inspector.drawn('membership');
    await inspector.untilLit('requesting.authorizing');
    await inspector.keepWhatIsLit();
    gate.open();
    await inspector.untilLit('joined');
    const seen = await inspector.litSoFar();
    expect(inOrder(seen, ['requesting.authorizing', 'joined']), seen.join(', ')).toBe(true);
    await inspector.page.locator('.standing .status').filter({ hasText: 'resting' }).waitFor();
    expect(await client.next()).toBe('Subscribe roomNum:lobby success!');
    expect(tabs.errors).toEqual([]);
  });

  test('a message from its connection through its room to the broker', async () => {
    const tabs = newTabs();
    const { inspector, client } = await watchLobby(tabs);
    await inspector.keepWhatIsLit();
    client.send(sendByRoom('lobby', 'hello'));
    await inspector.untilTaken('active.broadcast.flowing|room.publish|3');
    await inspector.event('room.publish').waitFor();
    const steps = await inspector.sequence();
    const connection = /connection [0-9a-f]{8}…/.exec(steps.join('\n'))?.[0] ?? '';
    expect(
      inOrder(steps, [
        `socket → ${connection}: room.publish`,
        `${connection} → room lobby: room.publish`,
        'room lobby → broker: publish',
      ]),
      steps.join('\n'),
    ).toBe(true);
    expect(tabs.errors).toEqual([]);
  });

  test('a proxy whose circuit opens, loses its silent connection, rests, and closes again', async () => {
    const { servant, servants } = await startServant();
    const { url, server } = await startServer({
      ...OPEN,
      servants,
      tars: { callSeconds: 0.05 },
    });
    const call = () => server.rpc.hello.add({ a: 1, b: 2 }).catch(({ failure }: RpcError) => failure);
    const first = call();
    const inspector = await openInspector(newTabs(), url, '#/tarsProxy/hello');
    await first;
    await inspector.drawn('tarsProxy');
    await inspector.untilLit('ready.circuit.closed');
    await inspector.keepWhatIsLit();
    while ((await call()) !== 'circuitOpen');
    await inspector.untilLit('idle.rested');
    servant.isDeaf = false;
    expect(await call()).toEqual({ ret: 3 });
    await inspector.untilLit('ready.circuit.closed');
    const seen = await inspector.litSoFar();
    expect(
      inOrder(seen, [
        'ready.circuit.closed',
        'ready.circuit.open.severed',
        'idle.rested',
        'ready.circuit.closed',
      ]),
      seen.join(', '),
    ).toBe(true);
  });

  test('a client that reads too slowly: congested, and clear after it has read', async () => {
    const { url, connect, server } = await startServer({ ...OPEN, limits: { sendQueueBytes: 64 * MIB } });
    const slow = await connect();
    await slow.join('lobby');
    const [member] = await server.members('lobby');
    const inspector = await openInspector(newTabs(), url, `#/connection/${member?.id}`);
    await inspector.drawn('connection');
    await inspector.untilLit('open.flow.clear');
    await inspector.keepWhatIsLit();
    slow.pause();
    const message = 'x'.repeat(60 * KIB);
    await vi.waitUntil(
      async () => {
        for (let count = 0; count < 20; count += 1) await server.publish('lobby', message);
        // The socket reports a waiting frame when an answer is sent.
        slow.send('ping');
        return (await inspector.lit()).includes('open.flow.congested');
      },
      { timeout: 10_000, interval: 0 },
    );
    slow.resume();
    await inspector.untilLit('open.flow.clear');
    const seen = await inspector.litSoFar();
    expect(inOrder(seen, [READY, CONGESTED, READY]), seen.join(', ')).toBe(true);
  });
});

describeInBrowser('the time of what was seen', (newTabs) => {
  test('does not change while it is paused, goes back by the timeline, and continues when it is live', async () => {
    const tabs = newTabs();
    const { inspector, server } = await watchLobby(tabs);
    const { page } = inspector;
    await server.mute('lobby');
    await inspector.untilLit('active.broadcast.muted');
    await inspector.event('room.mute').waitFor();

    const timeline = page.getByRole('region', { name: 'Timeline' });
    await timeline.getByRole('button', { name: 'Pause' }).click();
    await server.unmute('lobby');
    await timeline.getByRole('button', { name: /^Live \+/ }).waitFor();
    expect(await inspector.violations()).toEqual([]);
    expect(await inspector.lit()).toContain('active.broadcast.muted');

    await timeline.getByRole('slider', { name: 'Moment' }).press('Home');
    await inspector.untilLit('active.broadcast.flowing');
    expect(await inspector.moment()).toContain('Before the first event');
    await timeline.getByRole('slider', { name: 'Moment' }).press('End');
    await inspector.untilLit('active.broadcast.muted');
    await timeline.getByRole('button', { name: 'Live' }).click();
    await inspector.untilLit('active.broadcast.flowing');
    expect(await inspector.moment()).toMatch(/^Live, /);
    expect(tabs.errors).toEqual([]);
  });

  test('is filtered by event, and one event shows its content and its duration', async () => {
    const { url, connect, server } = await startServer(OPEN);
    const client = await connect();
    await client.join('lobby');
    const inspector = await openInspector(newTabs(), url, '#/room/lobby');
    await inspector.drawn('room');
    await server.mute('lobby');
    await server.publish('lobby', 'hello');
    await inspector.event('room.mute').waitFor();
    await inspector.event('room.publish').waitFor();
    await inspector.page.getByRole('searchbox', { name: 'Filter events by type' }).fill('MUTE');
    await inspector.event('room.publish').waitFor({ state: 'detached' });
    await inspector.event('room.mute').first().click();
    const detail = inspector.page.getByTestId('event-detail');
    await detail.filter({ hasText: 'active.broadcast.flowing' }).waitFor();
    expect(await detail.innerText()).toContain('room.mute');
    await inspector.page.getByRole('searchbox', { name: 'Filter events by type' }).fill('publish');
    await inspector.event('room.publish').first().click();
    // What the server itself says passes the rules.
    await detail.filter({ hasText: /isCheckedOfServer does not hold, isFromServer holds/ }).waitFor();
    const changes = detail.getByRole('list', { name: 'Changes of the context' });
    await changes.getByRole('listitem').filter({ hasText: 'offset' }).waitFor();
  });
});

describeInBrowser('a watched room', (newTabs) => {
  test('is watched again, in its new states, after the server was started again', async () => {
    const tabs = newTabs();
    const port = await pickPort();
    const before = createServer({ ...JUDGED, port });
    onTestFinished(() => before.close());
    await before.listen();
    await (await reach(`http://127.0.0.1:${port}/`).connect()).join('lobby');
    const inspector = await openInspector(tabs, `http://127.0.0.1:${port}/`, '#/room/lobby');
    await inspector.drawn('room');
    await inspector.untilLit('active.broadcast.flowing');
    await before.mute('lobby');
    await inspector.untilLit('active.broadcast.muted');
    await before.close();
    await inspector.link('waiting');
    const { server, connect } = await startServer({ ...JUDGED, port });
    await inspector.link('ready');
    // The page is connected again before the room exists again.
    await inspector.page.getByText('there is no room lobby').waitFor();
    await (await connect()).join('lobby');
    await inspector.untilLit('active.broadcast.flowing');
    expect(await inspector.lit()).toContain('active.occupancy.occupied');
    await server.mute('lobby');
    await inspector.untilLit('active.broadcast.muted');
    await inspector.event('room.mute').nth(1).waitFor();
    const names = await inspector.events().locator('.name, .gap').allInnerTexts();
    expect(names).toEqual(['room.mute', 'not watched for a while', 'room.mute']);
  });

  test('shows the right states and offset at the end of a thousand messages a second', async () => {
    const tabs = newTabs();
    const { inspector, server, client } = await watchLobby(tabs);
    const { page } = inspector;
    await page.evaluate(`(() => {
      globalThis.frames = 0;
      const count = () => { globalThis.frames += 1; requestAnimationFrame(count); };
      requestAnimationFrame(count);
    })()`);
    const startedAt = performance.now();
    await new Promise<void>((resolve) => {
      let burst = 0;
      const timer = setInterval(() => {
        client.send(
          ...Array.from({ length: PER_BURST }, (_, index) => sendByRoom('lobby', `${burst}-${index}`)),
        );
        burst += 1;
        if (burst < BURSTS) return;
        clearInterval(timer);
        resolve();
      }, BURST_MS);
    });
    await client.take(2 * MESSAGES);
    const frames = await page.evaluate<number>('globalThis.frames');
    const seconds = (performance.now() - startedAt) / 1000;
    console.log(
      `${MESSAGES} messages in ${seconds.toFixed(1)} s: ${(frames / seconds).toFixed(0)} frames a second`,
    );

    await server.mute('lobby');
    await inspector.untilLit('active.broadcast.muted');
    await page
      .locator('.standing .figure', { hasText: 'offset' })
      .filter({ hasText: new RegExp(`offset\\s*2,000$`) })
      .waitFor();
    await page.getByRole('searchbox', { name: 'Filter events by type' }).fill('room.publish');
    await inspector.event('room.mute').waitFor({ state: 'detached' });
    const lines = await inspector.events().allInnerTexts();
    const shown = lines.map((line) => countIn(line, /^room\.publish(?:\s+×([\d.,]+))?/));
    const skipped = lines.map((line) => countIn(line, /^([\d.,]+) skipped/));
    // There is more than one item for a message, and any of them may be skipped.
    if (sum(shown) < MESSAGES) expect(sum(skipped)).toBeGreaterThanOrEqual(MESSAGES - sum(shown));
    expect(sum(shown)).toBeLessThanOrEqual(MESSAGES);
    expect(sum(shown)).toBeGreaterThan(0);
    expect(tabs.errors).toEqual([]);
  });
});
