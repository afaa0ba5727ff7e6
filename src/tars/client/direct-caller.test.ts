import { describe, expect, test } from 'vitest';
import { LinkError } from '../servant-link.ts';
import { RETURN_CODES } from '../wire/return-codes.ts';
import { createProxy } from '../calls/proxy.ts';
import { createDirectCaller, type DirectCaller, type DirectCallerOptions } from './direct-caller.ts';
import { Inbox } from '../../system/inbox-harness.ts';
import {
  answer,
  ECHO,
  echoBody,
  freePort,
  ManualClock,
  OBJECT,
  startEcho,
  startServant,
} from './link-harness.ts';
import { createTcpLink } from './tcp-link.ts';

function callerTo(port: number, options: Partial<DirectCallerOptions> = {}): DirectCaller {
  return createDirectCaller({
    createLink: createTcpLink(),
    object: `${OBJECT}@tcp -h 127.0.0.1 -p ${port}`,
    ...options,
  });
}

describe('a direct caller', () => {
  test('carries the calls of a proxy', async () => {
    const caller = callerTo(await startEcho());
    const proxy = createProxy(ECHO, caller);
    expect(await Promise.all(['a', 'b'].map((text) => proxy.echo({ text })))).toEqual([
      { ret: 'a' },
      { ret: 'b' },
    ]);
    caller.close();
  });

  test('connects again when it was disconnected', async () => {
    const peer = await startServant((request, socket) => socket.end(answer(request)));
    const caller = callerTo(peer.port);
    const proxy = createProxy(ECHO, caller);
    expect(await proxy.echo({ text: 'once' })).toEqual({ ret: 'once' });
    caller.close();
    expect(await proxy.echo({ text: 'twice' })).toEqual({ ret: 'twice' });
    caller.close();
  });

  test('fails with the return code of the servant', async () => {
    const peer = await startServant((request, socket) => socket.write(answer(request, -9)));
    const caller = callerTo(peer.port);
    await expect(createProxy(ECHO, caller).echo({ text: '' })).rejects.toMatchObject({
      name: 'TarsCallError',
      func: 'echo',
      ret: RETURN_CODES.overloaded,
    });
    caller.close();
  });

  test('says why it could not connect', async () => {
    const calling = createProxy(ECHO, callerTo(await freePort())).echo({ text: '' });
    await expect(calling).rejects.toMatchObject({
      ret: RETURN_CODES.connectionFailed,
      cause: { code: 'refused' },
    });
    await expect(calling).rejects.toHaveProperty('cause', expect.any(LinkError));
  });

  test('fails when the connection goes, and when it is closed', async () => {
    const peer = await startServant((_, socket) => socket.destroy());
    const caller = callerTo(peer.port);
    await expect(createProxy(ECHO, caller).echo({ text: '' })).rejects.toMatchObject({
      ret: RETURN_CODES.connectionClosed,
      cause: { code: 'connectionLost' },
    });
    const calling = createProxy(ECHO, caller).echo({ text: '' });
    caller.close();
    await expect(calling).rejects.toMatchObject({ ret: RETURN_CODES.connectionClosed });
  });

  test('rejects only the call whose request cannot be encoded', async () => {
    const caller = callerTo(await startEcho());
    const proxy = createProxy(ECHO, caller);
    const wrong = caller.call({ func: 7 as never, body: echoBody(''), options: {} });
    const right = proxy.echo({ text: 'a' });
    await expect(wrong).rejects.toMatchObject({ code: 'TARS_ENCODE', path: 'tars.RequestPacket.func' });
    expect(await right).toEqual({ ret: 'a' });
    caller.close();
  });

  test('waits no longer than its deadline, or the one of the call', async () => {
    const clock = new ManualClock();
    const asked = new Inbox<number>();
    const peer = await startServant(({ timeoutMs }) => asked.push(timeoutMs));
    const caller = callerTo(peer.port, { clock, deadlineMs: 500 });
    const proxy = createProxy(ECHO, caller);
    const [long, short] = [proxy.echo({ text: '' }), proxy.echo({ text: '' }, { deadlineMs: 100 })];
    const ended: string[] = [];
    void long.catch(() => ended.push('long'));
    void short.catch(() => ended.push('short'));
    expect([await asked.next(), await asked.next()]).toEqual([500, 100]);
    clock.advance(100);
    await expect(short).rejects.toMatchObject({ ret: RETURN_CODES.timeout });
    expect(ended).toEqual(['short']);
    clock.advance(400);
    await expect(long).rejects.toMatchObject({ ret: RETURN_CODES.timeout });
    caller.close();
  });

  test('a one-way call is done when it is sent', async () => {
    const asked = new Inbox<number>();
    const peer = await startServant(({ packetType }) => asked.push(packetType));
    const caller = callerTo(peer.port);
    expect(await caller.call({ func: 'echo', body: echoBody(''), oneWay: true, options: {} })).toHaveLength(
      0,
    );
    expect(await asked.next()).toBe(1);
    caller.close();
  });
});
