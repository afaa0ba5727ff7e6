/** The part of the transport contract about streamed responses. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Inbox } from '../../system/inbox-harness.ts';
import type {
  ResponseSink,
  ResponseStream,
  SendStatus,
  TransportHandlers,
  TransportOptions,
} from '../common/transport.ts';
import type { StreamClient } from '../in-memory-stream.ts';
import { ENDLESS, KIBIBYTE } from './contract-client.ts';
import type { RunningTransport, Server, Session, StartServer } from './contract-server.ts';

/** The server's side of one streamed response, with its events as texts: `drained`, `overflowed`, `closed`. */
export class Streaming implements ResponseStream {
  readonly filler = '\n';
  readonly events = new Inbox<string>();
  readonly #opened: (streaming: Streaming) => void;
  #sink: ResponseSink | undefined;

  /** @param opened Called with this, when there is a sink. */
  constructor(opened: (streaming: Streaming) => void) {
    this.#opened = opened;
  }

  get sink(): ResponseSink {
    if (this.#sink === undefined) throw new Error('the stream is not open');
    return this.#sink;
  }

  opened(sink: ResponseSink): void {
    this.#sink = sink;
    this.#opened(this);
  }

  drained(): void {
    this.events.push('drained');
  }

  overflowed(): void {
    this.events.push('overflowed');
  }

  closed(): void {
    this.events.push('closed');
  }

  /** Resolves when this event is next; events before it are ignored. */
  async until(event: string): Promise<void> {
    while ((await this.events.next()) !== event);
  }

  count(event: string): number {
    return this.events.items.filter((happened) => happened === event).length;
  }
}

type StreamServer = RunningTransport & Server & { readonly streams: Inbox<Streaming> };

/** Every path but `/` is answered with a stream; below `/later` it is answered in a later turn. */
export function serveStreams(
  opened: (streaming: Streaming) => void = () => {},
): Pick<TransportHandlers<Session>, 'request'> & { readonly streams: Inbox<Streaming> } {
  const streams = new Inbox<Streaming>();
  return {
    streams,
    request({ path }) {
      if (path === '/') return { status: 200, body: 'no stream' };
      const stream = new Streaming((streaming) => {
        opened(streaming);
        streams.push(streaming);
      });
      const response = { status: 201, headers: { 'content-type': 'text/x-lines' }, stream };
      return path === '/later' ? nextTurn().then(() => response) : response;
    },
  };
}

/** The handlers of a server that takes no sockets. */
export function handleRequests<One = Session>(
  request: TransportHandlers<One>['request'],
  failed: (error: unknown) => void = () => {},
): TransportHandlers<One> {
  return {
    upgrade: () => ({ accept: false, response: { status: 404 } }),
    open() {},
    message() {},
    drain() {},
    overflow() {},
    close() {},
    request,
    failed,
  };
}

export function describeStreams(start: StartServer): void {
  async function serve(
    opened?: (streaming: Streaming) => void,
    options?: Partial<TransportOptions>,
  ): Promise<StreamServer> {
    const { streams, request } = serveStreams(opened);
    return { ...(await start({ request }, options)), streams };
  }

  test.each(['/now', '/later'])('chunks of %s come one by one, behind status and headers', async (path) => {
    const { client, streaming } = await open(await serve(), path);
    expect(client.status).toBe(201);
    expect(client.headers['content-type']).toBe('text/x-lines');
    expect(client.headers['content-length']).toBeUndefined();
    const { sink } = streaming;
    expect(sink.isOpen).toBe(true);
    expect(sink.write('one.')).toBe<SendStatus>('sent');
    expect(await client.takeUntil('one.')).toMatch(/^\n?one\.$/);
    sink.write(Buffer.from('zwölf.'));
    expect(await client.takeUntil('.')).toBe('zwölf.');
    expect(sink.bufferedBytes).toBe(0);
  });

  test('a stream may begin with its head, and an empty chunk does not end it', async () => {
    const server = await serve(({ sink }) => {
      sink.write('head.');
      sink.write('');
      sink.write(new Uint8Array());
    });
    const { client, streaming } = await open(server);
    streaming.sink.write('tail.');
    expect(await client.takeUntil('tail.')).toBe('head.tail.');
    expect(streaming.events.items).toEqual([]);
  });

  test('the server ends a response, and its connection is used again', async () => {
    const server = await serve();
    const { client, streaming } = await open(server);
    const { sink } = streaming;
    sink.write('one.');
    sink.end('last.');
    expect(streaming.events.items).toEqual(['closed']);
    expect(await client.ended).toBe('complete');
    expect(await client.takeUntil('last.')).toMatch(/^\n?one\.last\.$/);
    expect(await server.request({ path: '/' })).toMatchObject({ status: 200, body: 'no stream' });
    const second = await open(server);
    second.streaming.sink.end();
    expect(await second.client.ended).toBe('complete');
  });

  test('a response may be ended, or dropped, when it is opened', async () => {
    const server = await serve(({ sink }) => sink.end('only.'));
    expect(await server.request({ path: '/now' })).toMatchObject({ status: 201, body: 'only.' });
    const dropping = await serve(({ sink }) => sink.terminate());
    await expect(dropping.request({ path: '/now' })).rejects.toBeInstanceOf(Error);
    expect((await dropping.streams.next()).events.items).toEqual(['closed']);
  });

  test('a closed sink does nothing', async () => {
    const { client, streaming } = await open(await serve());
    const { sink } = streaming;
    sink.end();
    expect(sink.isOpen).toBe(false);
    expect(sink.write('late')).toBe('dropped');
    expect(sink.bufferedBytes).toBe(0);
    sink.end('late');
    sink.terminate();
    expect(await client.ended).toBe('complete');
    expect(streaming.events.items).toEqual(['closed']);
  });

  test('the stream is closed when its client disconnects', async () => {
    const { client, streaming } = await open(await serve());
    streaming.sink.write('one.');
    await client.takeUntil('one.');
    client.abort();
    await streaming.until('closed');
    expect(streaming.sink.isOpen).toBe(false);
    expect(streaming.sink.write('late')).toBe('dropped');
    expect(streaming.count('closed')).toBe(1);
  });

  test('the server drops a connection', async () => {
    const { client, streaming } = await open(await serve());
    streaming.sink.terminate();
    expect(streaming.events.items).toEqual(['closed']);
    expect(await client.ended).toBe('broken');
  });

  test('chunks for a slow reader wait in order, and the stream is told when they are sent', async () => {
    const { client, streaming } = await open(await serve());
    const sent = writeUntil('queued', client, streaming);
    expect(streaming.sink.bufferedBytes).toBeGreaterThan(0);
    expect(streaming.sink.write('end.')).toBe('queued');
    client.resume();
    await streaming.until('drained');
    expect(withoutFillers(await client.takeUntil('end.'))).toBe(`${sent.join('')}end.`);
    while (streaming.sink.bufferedBytes > 0) await streaming.until('drained');
    expect(streaming.count('overflowed')).toBe(0);
    expect(streaming.sink.write('more.')).toBe('sent');
    expect(withoutFillers(await client.takeUntil('more.'))).toBe('more.');
  });

  test('a slow reader has a bounded queue, and its overflow is told once, outside of the call that dropped the chunk', async () => {
    const sendQueueBytes = 64 * KIBIBYTE;
    const { client, streaming } = await open(await serve(undefined, { sendQueueBytes }));
    const { sink } = streaming;
    const sent = writeUntil('dropped', client, streaming);
    expect(sink.write('dropped')).toBe('dropped');
    expect(sink.bufferedBytes).toBeGreaterThan(sendQueueBytes);
    expect(sink.bufferedBytes).toBeLessThan(sendQueueBytes + 32 * KIBIBYTE);
    expect(streaming.count('overflowed')).toBe(0);
    await streaming.until('overflowed');
    client.resume();
    while (sink.bufferedBytes > 0) await streaming.until('drained');
    sink.end('end.');
    expect(withoutFillers(await client.takeUntil('end.'))).toBe(`${sent.slice(0, -1).join('')}end.`);
    expect(streaming.count('overflowed')).toBe(1);
  });

  test('a slow reader whose response is ended gets its whole queue and the last chunk', async () => {
    const { client, streaming } = await open(await serve());
    const sent = writeUntil('dropped', client, streaming);
    streaming.sink.end('last.');
    expect(streaming.events.items.at(-1)).toBe('closed');
    client.resume();
    expect(withoutFillers(await client.takeUntil('last.'))).toBe(`${sent.slice(0, -1).join('')}last.`);
    expect(await client.ended).toBe('complete');
    expect(streaming.count('closed')).toBe(1);
    expect(streaming.count('overflowed')).toBe(0);
  });

  test('a closing transport drops its streams, and does not wait for them', async () => {
    const server = await serve();
    const [one, two] = [await open(server), await open(server)];
    await server.transport.close();
    for (const { client, streaming } of [one, two]) {
      expect(streaming.events.items).toEqual(['closed']);
      expect(await client.ended).toBe('broken');
    }
    expect(server.failures.items).toEqual([]);
  });

  test('the answer to HEAD has no stream', async () => {
    const server = await serve();
    for (const path of ['/now', '/later']) {
      const response = await server.request({ path, method: 'HEAD' });
      expect(response).toMatchObject({ status: 201, body: '' });
      expect(response.headers['content-length']).toBeUndefined();
    }
    expect(server.streams.items).toEqual([]);
    expect(await server.request({ path: '/' })).toMatchObject({ body: 'no stream' });
  });

  test('a POST is answered with a stream when its body has arrived', async () => {
    const server = await start({
      async request(incoming) {
        const body = await incoming.body(100);
        return { status: 200, stream: new Streaming(({ sink }) => sink.end(Buffer.concat([body, body]))) };
      },
    });
    expect(await server.request({ method: 'POST', body: 'ab' })).toMatchObject({ status: 200, body: 'abab' });
  });

  test('a stream that fails costs its connection only', async () => {
    const server = await serve((streaming) => {
      streaming.sink.write('one.');
      throw new Error('broken');
    });
    await expect(server.request({ path: '/now' })).rejects.toBeInstanceOf(Error);
    expect(server.failures.items).toEqual([new Error('broken')]);
    expect(await server.request({ path: '/' })).toMatchObject({ body: 'no stream' });
  });

  test('a response with a body or without content has no stream', async () => {
    const server = await start({
      request({ path }) {
        const stream = new Streaming(() => {});
        return path === '/body' ? { status: 200, body: 'x', stream } : { status: 204, stream };
      },
    });
    for (const path of ['/body', '/204'])
      expect(await server.request({ path })).toMatchObject({ status: 500 });
    expect(server.failures.items).toHaveLength(2);
  });
}

/** Asks for a stream, and waits until both sides have it. */
async function open(
  server: StreamServer,
  path = '/now',
): Promise<{ client: StreamClient; streaming: Streaming }> {
  const [client, streaming] = await Promise.all([server.stream({ path }), server.streams.next()]);
  return { client, streaming };
}

/** Pauses the client and writes numbered chunks until one is queued or dropped. Returns all chunks, with that one. */
function writeUntil(
  status: 'queued' | 'dropped',
  client: StreamClient,
  { sink }: Pick<Streaming, 'sink'>,
): string[] {
  client.pause();
  const sent: string[] = [];
  while (sent.length < ENDLESS) {
    const chunk = `${sent.length} ${'x'.repeat(16 * KIBIBYTE)};`;
    sent.push(chunk);
    if (sink.write(chunk) === status) return sent;
  }
  throw new Error(`no chunk was ${status}`);
}

function withoutFillers(text: string): string {
  return text.replaceAll('\n', '');
}
