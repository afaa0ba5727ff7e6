import { describe, expect, test } from 'vitest';
import { createInMemoryTransport } from './in-memory.ts';
import { readFrame } from '../protocol/text.ts';
import { describeTransport } from './contract/transport-contract.ts';

describeTransport('in-memory', async (handlers, options) => {
  const memory = createInMemoryTransport();
  const transport = memory.create(handlers, options);
  await transport.listen({ host: '127.0.0.1', port: 0 });
  return { ...memory, transport };
});

describe('what only the in-memory transport does', () => {
  const options = { maxFrameBytes: 1024, sendQueueBytes: 1024, idleTimeoutSeconds: 0 };

  function createEcho() {
    const memory = createInMemoryTransport();
    const transport = memory.create<{ say?: (frame: string) => void }>(
      {
        upgrade: () => ({ accept: true, session: {} }),
        open: (session, socket) => {
          session.say = (frame) => socket.send(frame);
        },
        message: (session, frame) => session.say?.(`echo ${readFrame(frame)}`),
        drain() {},
        overflow() {},
        close() {},
        request: () => ({ status: 200 }),
        failed() {},
      },
      options,
    );
    return { ...memory, transport };
  }

  test('a frame and its answer have arrived when send returns', async () => {
    const { connect, transport } = createEcho();
    await transport.listen({ host: '127.0.0.1', port: 0 });
    const client = await connect();
    client.send('one');
    client.send('two');
    expect(client.frames).toEqual(['echo one', 'echo two']);
    expect(await client.nextFrame()).toBe('echo one');
    await transport.close();
    expect(await client.nextFrame()).toBe('echo two');
    await expect(client.nextFrame()).rejects.toThrow('closed with 1006');
  });

  test('connections and requests fail before listen and after close', async () => {
    const { connect, request, transport } = createEcho();
    await expect(connect()).rejects.toThrow('nothing listens');
    await expect(request()).rejects.toThrow('nothing listens');
    expect(await transport.listen({ host: 'here', port: 0 })).toEqual({ host: 'here', port: 1 });
    expect(await request()).toMatchObject({ status: 200 });
    await transport.close();
    await expect(request()).rejects.toThrow('nothing listens');
  });
});
