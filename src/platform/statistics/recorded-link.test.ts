import { expect, test } from 'vitest';
import {
  LinkError,
  type EndpointAddress,
  type LinkListener,
  type LinkRequest,
  type ServantLink,
} from '../../tars/servant-link.ts';
import { recordCalls } from './recorded-link.ts';
import type { CallRecord } from './stat-counts.ts';

function setUp() {
  const clock = { time: 1000, monotonic: () => clock.time };
  const records: CallRecord[] = [];
  const told: string[] = [];
  let inner: LinkListener | undefined;
  let isOpen = true;
  const endpoints = new Map<number, EndpointAddress>();
  const create = recordCalls(
    (object, listener) => {
      told.push(object);
      inner = listener;
      return {
        open: async () => void told.push('open'),
        send: () => isOpen,
        timedOut: (id) => void told.push(`timedOut ${id}`),
        forget: (id) => void told.push(`forget ${id}`),
        endpointOf: (id) => endpoints.get(id),
        endpoints: () => [{ host: 'a', port: 1, isConnected: true, circuit: 'open', failures: 5 }],
        close: () => void told.push('close'),
      } satisfies ServantLink;
    },
    (call) => records.push(call),
    clock,
  );
  const link = create('Chat.Hello.HelloObj@tcp -h 127.0.0.1 -p 1', {
    reply: ({ requestId }) => void told.push(`reply ${requestId}`),
    lost: (ids) => void told.push(`lost ${ids.join()}`),
    closed: () => void told.push('closed'),
    writable: () => void told.push('writable'),
    endpoint: ({ port }, circuit) => void told.push(`endpoint ${port} ${circuit}`),
  });
  const send = (requestId: number, part: Partial<LinkRequest> = {}) =>
    link.send({ requestId, func: 'sayHello', body: new Uint8Array(), timeoutMs: 100, ...part });
  const listener = (): LinkListener => inner ?? expect.unreachable('no link was made');
  return { clock, records, told, link, send, listener, endpoints, refuse: () => (isOpen = false) };
}

test('a reply is reported with its return code, its time and who gave it', () => {
  const { clock, records, send, listener } = setUp();
  send(1);
  send(2, { func: 'greet' });
  clock.time += 7;
  const endpoint = { host: '127.0.0.9', port: 9 };
  listener().reply({ requestId: 2, ret: -1, body: new Uint8Array(), endpoint });
  clock.time += 5;
  listener().reply({ requestId: 1, ret: 0, body: new Uint8Array() });
  expect(records).toEqual([
    { object: 'Chat.Hello.HelloObj', func: 'greet', outcome: 'failed', ret: -1, durationMs: 7, endpoint },
    {
      object: 'Chat.Hello.HelloObj',
      func: 'sayHello',
      outcome: 'succeeded',
      ret: 0,
      durationMs: 12,
      // The only endpoint of the object.
      endpoint: { host: '127.0.0.1', port: 1 },
    },
  ]);
});

test('a call that timed out is reported once, whatever comes later', () => {
  const { records, link, send, listener } = setUp();
  send(1);
  link.timedOut(1);
  listener().reply({ requestId: 1, ret: 0, body: new Uint8Array() });
  expect(records.map(({ outcome, ret }) => [outcome, ret])).toEqual([['timedOut', -13_001]]);
});

test('a call without a reply is reported with its endpoint, if the link knows it', () => {
  const { records, link, send, listener, endpoints } = setUp();
  const endpoint = { host: '127.0.0.9', port: 9 };
  endpoints.set(1, endpoint);
  send(1);
  send(2);
  send(3);
  link.timedOut(1);
  listener().lost([2], new LinkError('connectionLost', 'gone'), endpoint);
  link.timedOut(3);
  expect(records.map((record) => [record.outcome, record.endpoint?.port])).toEqual([
    ['timedOut', 9],
    ['failed', 9],
    // The only endpoint of the object.
    ['timedOut', 1],
  ]);
});

test('a call that nobody waits for any more is not reported', () => {
  const { records, told, link, send, listener } = setUp();
  send(1);
  link.forget?.(1);
  listener().reply({ requestId: 1, ret: 0, body: new Uint8Array() });
  expect(records).toEqual([]);
  expect(told).toContain('forget 1');
});

test('what the link knows of its endpoints passes', () => {
  const { told, link, listener } = setUp();
  listener().endpoint?.({ host: 'a', port: 1 }, 'open');
  expect(told).toContain('endpoint 1 open');
  expect(link.endpoints?.()).toMatchObject([{ host: 'a', port: 1, circuit: 'open' }]);
});

test('calls that were lost with their connection are failed ones', () => {
  const { records, send, listener } = setUp();
  send(1);
  send(2);
  listener().lost([1, 2], new LinkError('connectionLost', 'gone'));
  expect(records.map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
});

test('calls that were not sent, or have no end, are not told', () => {
  const { records, send, listener, refuse } = setUp();
  send(1, { oneWay: true });
  refuse();
  expect(send(2)).toBe(false);
  listener().lost([1, 2], new LinkError('connectionLost', 'gone'));
  expect(records).toEqual([]);
});

test('the link and its owner get the same calls as without recording', async () => {
  const { told, link, send, listener } = setUp();
  await link.open();
  send(1);
  listener().reply({ requestId: 1, ret: 0, body: new Uint8Array() });
  listener().lost([3], new LinkError('connectionLost', 'gone'));
  listener().writable?.();
  link.timedOut(4);
  listener().closed();
  link.close();
  expect(told).toEqual([
    'Chat.Hello.HelloObj@tcp -h 127.0.0.1 -p 1',
    'open',
    'reply 1',
    'lost 3',
    'writable',
    'timedOut 4',
    'closed',
    'close',
  ]);
});
