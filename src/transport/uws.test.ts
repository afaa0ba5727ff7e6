import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { describeBytes, type HttpFault } from './contract/bytes-contract.ts';
import { describeMaxSockets } from './contract/max-sockets-contract.ts';
import { describeNetworkTransport } from './contract/network-contract.ts';
import { openStream } from './contract/network-client.ts';
import { describeHostile, describeSlowAttacks } from './contract/hostile-contract.ts';
import { describeSendMemory } from './contract/send-memory-contract.ts';
import { describeStreamBytes } from './contract/stream-bytes-contract.ts';
import { handleRequests, serveStreams } from './contract/stream-contract.ts';
import { createUwsTransport } from './uws.ts';
import { loadUws } from './uws/load.ts';
import { KEEP_ALIVE_MS } from './uws/response-sink.ts';

const loaded = loadUws();

/** What no version of uWebSockets.js can do, and what its binary for Node.js 20 cannot do either. */
const FAULTS: readonly HttpFault[] = [
  'many headers',
  'HTTP/1.0',
  'chunk extras',
  'pipelining',
  'early frames',
  'unmasked frames',
  'plain errors',
];
const OLD_FAULTS: readonly HttpFault[] = ['cut first line', 'long heads'];

describe.skipIf(loaded.uws === undefined)(
  `uWebSockets.js${loaded.uws === undefined ? ` (skipped: ${loaded.why})` : ''}`,
  () => {
    describeSendMemory(createUwsTransport);
    describeNetworkTransport('uWebSockets.js', createUwsTransport, './uws.ts');
    const isOld = loaded.uws !== undefined && loaded.isOld;
    describeMaxSockets(createUwsTransport);
    const faults = new Set(isOld ? [...FAULTS, ...OLD_FAULTS] : FAULTS);
    describeBytes(createUwsTransport, faults);
    describeStreamBytes(createUwsTransport, faults);
    describeHostile(createUwsTransport);
    describeSlowAttacks(createUwsTransport);

    test('a stream whose reader takes nothing for some time goes on when it reads again', async () => {
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
      onTestFinished(() => void vi.useRealTimers());
      const { streams, request } = serveStreams();
      const transport = createUwsTransport(handleRequests(request), {
        maxFrameBytes: 1024,
        sendQueueBytes: 1024 * 1024,
        idleTimeoutSeconds: 0,
      });
      onTestFinished(() => transport.close());
      const { port } = await transport.listen({ host: '127.0.0.1', port: 0 });
      const client = await openStream(port, { path: '/now' });
      const streaming = await streams.next();
      client.pause();
      while (streaming.sink.write('x'.repeat(16 * 1024)) !== 'queued');
      // What is done against the timeout of uWS happens three times.
      vi.advanceTimersByTime(3 * KEEP_ALIVE_MS);
      streaming.sink.write('end.');
      client.resume();
      expect(await client.takeUntil('end.')).toMatch(/^[x\n]+end\.$/);
      client.abort();
      await streaming.until('closed');
    });
  },
);
