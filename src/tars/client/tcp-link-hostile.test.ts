import { describe, expect, test } from 'vitest';
import { TarsDecodeError } from '../wire/wire-errors.ts';
import {
  answer,
  echoBody,
  echoText,
  keyOf,
  probe,
  reachAll,
  startNumbered,
  startPeer,
  startServant,
} from './link-harness.ts';

/** A frame with these bytes, and with its real or another length before them. */
function frame(hex: string, length = 4 + hex.length / 2): Buffer {
  const bytes = Buffer.alloc(4 + hex.length / 2);
  bytes.writeUInt32BE(length);
  bytes.write(hex, 4, 'hex');
  return bytes;
}

describe('a peer that sends no replies', () => {
  test.each([
    ['text', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['a frame of length 0', frame('', 0)],
    ['a frame of length 3', frame('', 3)],
    ['a frame of 4 GiB', frame('', 0xff_ff_ff_ff)],
    ['a frame over the limit', frame('', 1_001)],
    ['an empty packet', frame('')],
    // Only the tag of the version.
    ['a packet that ends early', frame('1001')],
    // A description (tag 8) with a length of 4 GiB or 200 bytes, but only 2 bytes follow.
    ['a text longer than its packet', frame('10012c3001 4c5c6d00000c 87ffffffff6162'.replaceAll(' ', ''))],
    ['a short text longer than its packet', frame('10012c3001 4c5c6d00000c 86c86162'.replaceAll(' ', ''))],
    ['a body longer than its packet', frame('10012c30014c5c6d0002ffffffff')],
  ])('loses that connection: %s', async (_, bytes) => {
    const peer = await startPeer((socket) => socket.on('data', () => socket.write(bytes)));
    const { link, post, next, told } = probe([peer.port], { maxFrameBytes: 1_000 });
    await link.open();
    const id = post('hello');
    const { requestIds, error } = await next('lost');
    expect(requestIds).toEqual([id]);
    expect(error.code).toBe('undecodable');
    expect(error.cause).toBeInstanceOf(TarsDecodeError);
    await next('closed');
    expect(told).toHaveLength(2);
  });

  test('valid replies before it still count', async () => {
    const peer = await startServant((request, socket) =>
      socket.write(Buffer.concat([answer(request), frame('1001')])),
    );
    const { link, post, next } = probe([peer.port]);
    await link.open();
    const id = post('hello');
    expect((await next('reply')).reply.requestId).toBe(id);
    expect(await next('lost')).toMatchObject({ requestIds: [], error: { code: 'undecodable' } });
  });

  test('a packet does not reach into the next one, however long it says its text is', async () => {
    const secret = 'of another reply';
    const peer = await startServant((request, socket) =>
      socket.write(
        Buffer.concat([frame('10012c30014c5c6d00000c86ff'), answer({ ...request, func: secret })]),
      ),
    );
    const { link, post, next, told } = probe([peer.port]);
    await link.open();
    post(secret);
    await next('lost');
    expect(told.filter(({ type }) => type === 'reply')).toEqual([]);
  });

  test('disturbs no other endpoint', async () => {
    const waiting: (() => void)[] = [];
    const good = await startNumbered(1, (request, socket) => {
      waiting.push(() => socket.write(answer(request)));
    });
    const bad = await startNumbered(2, (_, socket) => socket.write('garbage'));
    const both = probe([good.port, bad.port]);
    await both.link.open();
    await reachAll(both, [1, 2]);
    const kept = both.call('kept', { func: 'keep', routeKey: await keyOf(both, 1) });
    const id = both.post('spoilt', { func: 'spoil', routeKey: await keyOf(both, 2) });
    expect(await both.next('lost')).toMatchObject({ requestIds: [id], error: { code: 'undecodable' } });
    expect((await both.call('hello')).ret).toBe(1);
    for (const reply of waiting) reply();
    expect(echoText(await kept)).toBe('kept');
  });
});

describe('a peer that answers strangely', () => {
  test('the reply for an unknown id is passed on, and nothing else happens', async () => {
    const peer = await startServant((request, socket) => {
      socket.write(answer({ ...request, requestId: 4711 }));
      socket.write(answer(request));
    });
    const { link, call, told } = probe([peer.port]);
    await link.open();
    const reply = await call('hello');
    expect(echoText(reply)).toBe('hello');
    expect(told.map((event) => event.type === 'reply' && event.reply.requestId)).toEqual([
      4711,
      reply.requestId,
    ]);
  });

  test('the reply for a call of another endpoint is ignored', async () => {
    const waiting: (() => void)[] = [];
    const honest = await startNumbered(1, (request, socket) => {
      waiting.push(() => socket.write(answer(request)));
    });
    let foreignId = 0;
    const liar = await startNumbered(2, (request, socket) => {
      socket.write(answer({ ...request, requestId: foreignId, body: echoBody('a lie') }));
      socket.write(answer(request));
    });
    const both = probe([honest.port, liar.port]);
    await both.link.open();
    await reachAll(both, [1, 2]);
    const [toHonest, toLiar] = [await keyOf(both, 1), await keyOf(both, 2)];
    foreignId = 100_000;
    const kept = both.call('the truth', { func: 'keep', routeKey: toHonest, requestId: foreignId });
    await both.call('lie now', { func: 'lie', routeKey: toLiar });
    await both.call('hello', { routeKey: toHonest });
    for (const reply of waiting) reply();
    expect(echoText(await kept)).toBe('the truth');
    const replies = both.told.filter(
      (event) => event.type === 'reply' && event.reply.requestId === foreignId,
    );
    expect(replies).toHaveLength(1);
  });

  test('five errors in a row disturb no other call', async () => {
    const waiting: (() => void)[] = [];
    const peer = await startServant((request, socket) => {
      if (request.func === 'fail') socket.write(answer(request, -1));
      else waiting.push(() => socket.write(answer(request)));
    });
    const { link, call } = probe([peer.port]);
    await link.open();
    const inFlight = ['one', 'two', 'three'].map((text) => call(text));
    for (let left = 5; left > 0; left--) expect((await call('', { func: 'fail' })).ret).toBe(-1);
    const late = Promise.all(inFlight);
    for (const reply of waiting) reply();
    expect((await late).map(echoText)).toEqual(['one', 'two', 'three']);
    expect(peer.sockets.items).toHaveLength(1);
  });

  test('a reply may come byte by byte', async () => {
    const peer = await startServant((request, socket) => {
      void (async () => {
        for (const byte of answer(request)) {
          await new Promise((resolve) => socket.write(Buffer.of(byte), resolve));
        }
      })();
    });
    const { link, call } = probe([peer.port]);
    await link.open();
    expect(echoText(await call('slowly'))).toBe('slowly');
  });

  test('the body of a reply stays as it is when others come', async () => {
    const peer = await startServant((request, socket) => socket.write(answer(request)));
    const { link, call } = probe([peer.port]);
    await link.open();
    const first = await call('first');
    await Promise.all(Array.from({ length: 50 }, (_, index) => call(`other ${index}`)));
    expect(echoText(first)).toBe('first');
    // The kept body does not keep a larger buffer alive than the one that small buffers share.
    const { byteLength: shared } = Buffer.allocUnsafe(1).buffer;
    expect(first.body.buffer.byteLength).toBeLessThanOrEqual(shared);
  });
});

describe('a peer that falls silent', () => {
  test('is dropped after three time-outs in a row, with the calls that are left', async () => {
    const peer = await startPeer(() => {});
    const { link, post, next, told } = probe([peer.port]);
    await link.open();
    const [first, second, third, fourth] = ['a', 'b', 'c', 'd'].map((text) => post(text)) as [
      number,
      number,
      number,
      number,
    ];
    link.timedOut(first);
    link.timedOut(second);
    link.timedOut(third);
    expect(told).toEqual([]);
    expect(post('e')).toBe(0);
    expect(await next('lost')).toMatchObject({ requestIds: [fourth], error: { code: 'connectionLost' } });
    await next('closed');
    await link.open();
    await peer.sockets.next();
    await peer.sockets.next();
  });

  test('is not dropped when something was heard after the first of them was sent', async () => {
    const peer = await startServant((request, socket) => {
      if (request.func === 'echo') socket.write(answer(request));
    });
    const { link, post, call, told } = probe([peer.port]);
    await link.open();
    const silent = ['a', 'b', 'c'].map((text) => post(text, { func: 'keep' }));
    await call('here I am');
    for (const id of silent) link.timedOut(id);
    const [d, e] = [post('d', { func: 'keep' }), post('e', { func: 'keep' })];
    link.timedOut(d);
    link.timedOut(e);
    await call('here I am');
    link.timedOut(post('f', { func: 'keep' }));
    expect(echoText(await call('still here'))).toBe('still here');
    expect(told.every(({ type }) => type === 'reply')).toBe(true);
  });

  test('a time-out of a request that nobody sent counts for nothing', async () => {
    const peer = await startServant((request, socket) => socket.write(answer(request)));
    const { link, call } = probe([peer.port]);
    await link.open();
    for (let id = 100; id < 110; id++) link.timedOut(id);
    expect(echoText(await call('hello'))).toBe('hello');
  });
});
