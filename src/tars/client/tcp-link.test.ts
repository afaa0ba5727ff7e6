import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LinkError } from '../servant-link.ts';
import { Inbox } from '../../system/inbox-harness.ts';
import {
  answer,
  echoText,
  freePort,
  ManualClock,
  OBJECT,
  probe,
  probeObject,
  startEcho,
  startPeer,
  startServant,
} from './link-harness.ts';

describe('a link', () => {
  test('carries calls and replies, in whatever order these come', async () => {
    const kept: (() => void)[] = [];
    const peer = await startServant((request, socket) => {
      kept.unshift(() => socket.write(answer(request)));
      if (kept.length === 3) for (const reply of kept) reply();
    });
    const { link, call } = probe([peer.port]);
    await link.open();
    const replies = await Promise.all(['one', 'two', 'three'].map((text) => call(text)));
    expect(replies.map(echoText)).toEqual(['one', 'two', 'three']);
  });

  test('tells the servant the object, the time-out and the context', async () => {
    const asked = new Inbox<object>();
    const peer = await startServant((request) => asked.push(request));
    const { link, post } = probe([peer.port]);
    await link.open();
    post('hello', { timeoutMs: 1234.5, context: new Map([['a', '1']]) });
    expect(await asked.next()).toMatchObject({
      servant: OBJECT,
      func: 'echo',
      timeoutMs: 1235,
      context: new Map([['a', '1']]),
    });
  });

  test('gives the return code and the words of an error', async () => {
    const peer = await startServant((request, socket) => socket.write(answer(request, -3)));
    const { link, call } = probe([peer.port]);
    await link.open();
    expect(await call('hello')).toMatchObject({ ret: -3, description: 'as it was told to' });
  });

  test('opens once, however often it is told to', async () => {
    const peer = await startPeer(() => {});
    const { link } = probe([peer.port]);
    await Promise.all([link.open(), link.open()]);
    await link.open();
    await peer.sockets.next();
    expect(peer.sockets.items).toHaveLength(1);
  });

  test('sends what one turn of the loop asks for in one piece', async () => {
    const chunks: number[] = [];
    const peer = await startPeer((socket) => socket.on('data', (chunk) => chunks.push(chunk.length)));
    const { link, post } = probe([peer.port]);
    await link.open();
    const socket = await peer.sockets.next();
    for (const text of ['one', 'two', 'three']) post(text);
    await once(socket, 'data');
    expect(chunks).toHaveLength(1);
  });

  test('does not send before it is open, nor after it was closed', async () => {
    const { link, post } = probe([await startEcho()]);
    expect(post('early')).toBe(0);
    await link.open();
    link.close();
    expect(post('late')).toBe(0);
  });

  test('a one-way request leaves nothing to be lost', async () => {
    const peer = await startServant((_, socket) => socket.destroy());
    const { link, post, next } = probe([peer.port]);
    await link.open();
    post('hello', { oneWay: true });
    expect(await next('lost')).toMatchObject({ requestIds: [], error: { code: 'connectionLost' } });
  });

  test('closes its connections without calling its listener', async () => {
    const peer = await startPeer(() => {});
    const { link, post, told } = probe([peer.port]);
    await link.open();
    post('hello');
    const socket = await peer.sockets.next();
    link.close();
    await once(socket, 'close');
    expect(told).toEqual([]);
  });

  test('can be opened again after it was closed', async () => {
    const { link, call } = probe([await startEcho()]);
    await link.open();
    link.close();
    await link.open();
    expect(echoText(await call('again'))).toBe('again');
  });

  test('a connection that the other end closes is lost with its calls, and the link closed', async () => {
    const peer = await startServant((_, socket) => socket.end());
    const { link, post, told, next } = probe([peer.port]);
    await link.open();
    const id = post('hello');
    await next('closed');
    expect(told).toMatchObject([
      { type: 'lost', requestIds: [id], error: { code: 'connectionLost' } },
      { type: 'closed' },
    ]);
    expect(post('after')).toBe(0);
  });

  test('takes no more when too much is unsent, and tells when it does again', async () => {
    const peer = await startPeer((socket) => socket.pause());
    const { link, post, next } = probe([peer.port]);
    await link.open();
    const socket = await peer.sockets.next();
    const half = 'x'.repeat(512 * 1024);
    while (post(half, { oneWay: true }) !== 0);
    expect(post('more')).toBe(0);
    socket.resume();
    await next('writable');
    expect(post('more')).not.toBe(0);
  });
});

describe('opening a link fails', () => {
  test('as refused where nothing listens', async () => {
    const { link } = probe([await freePort()]);
    await expect(link.open()).rejects.toMatchObject({ name: 'LinkError', code: 'refused' });
  });

  test('as noRoute for a host without an address', async () => {
    const { link } = probeObject(`${OBJECT}@tcp -h nobody.invalid -p 1`);
    await expect(link.open()).rejects.toMatchObject({ code: 'noRoute' });
  });

  test('as timedOut when it takes too long', async () => {
    const clock = new ManualClock();
    const { link } = probe([await startEcho()], { clock, connectTimeoutMs: 200 });
    const opening = link.open();
    clock.advance(200);
    await expect(opening).rejects.toMatchObject({ code: 'timedOut' });
    expect(clock.timers).toBe(0);
  });

  test('as the first endpoint does when all do', async () => {
    const clock = new ManualClock();
    const { link } = probe([await startEcho(), await freePort()], { clock });
    const opening = link.open();
    clock.advance(1_000);
    await expect(opening).rejects.toMatchObject({ code: 'timedOut' });
  });

  test('when it is closed meanwhile', async () => {
    const { link } = probe([await startEcho()]);
    const opening = link.open();
    link.close();
    await expect(opening).rejects.toMatchObject({ code: 'connectionLost' });
  });

  test('and may succeed the next time', async () => {
    const port = await freePort();
    const { link, call } = probe([port]);
    await expect(link.open()).rejects.toBeInstanceOf(LinkError);
    await startEcho({ port });
    await link.open();
    expect(echoText(await call('hello'))).toBe('hello');
  });

  test('for a name alone without a registry', async () => {
    const { link } = probeObject(OBJECT);
    await expect(link.open()).rejects.toMatchObject({ code: 'registryUnreachable' });
  });

  test('for an object that does not parse it is not even made', () => {
    expect(() => probeObject('nonsense')).toThrow(TypeError);
  });
});

describe('a process', () => {
  test('stays for a reply, and not for an idle link or an endpoint that is dialled in vain', async () => {
    const peer = await startServant((request, socket) => socket.write(answer(request)));
    const object = `${OBJECT}@tcp -h 127.0.0.1 -p ${peer.port}:tcp -h 127.0.0.1 -p ${await freePort()}`;
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', ONE_CALL, object],
      {
        cwd: fileURLToPath(new URL('.', import.meta.url)),
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    onTestFinished(() => void child.kill());
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    expect({ output, code }).toEqual({ output: 'reply 7\n', code: 0 });
  });
});

/** Opens a link, makes one call and does nothing else. */
const ONE_CALL = `
  import { createTcpLink } from './tcp-link.ts';
  const link = createTcpLink()(process.argv[1], {
    reply: ({ requestId }) => console.log('reply', requestId),
    lost: (ids, error) => console.log(error),
    closed() {},
  });
  await link.open();
  link.send({ requestId: 7, func: 'echo', body: Buffer.from('160568656c6c6f', 'hex'), timeoutMs: 60_000 });
`;
