/** TUP between the reference library and our server over real sockets: its client, and its packets of versions 2 and 3. */

import { once } from 'node:events';
import { connect } from 'node:net';
import TarsStream from '@tars/stream';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { Inbox } from '../../src/system/inbox-harness.ts';
import { createServantServer } from '../../src/tars/server/servant-server.ts';
import {
  createServantAdapter,
  FrameSplitter,
  method,
  PACKET_TYPE,
  required,
  RequestPacket,
  struct,
  t,
  type Nothing,
  type ServantCall,
} from '../../src/tars.ts';
import { client, loadStub, type ReferenceProxy, type ReferenceStruct } from './platform-files.ts';

const OBJECT = 'Hello.HelloServer.HelloObj';
const STUB = loadStub('rpc/examples/gateway/Hello2Proxy.js')['Hello']!;

interface AddReq {
  iNum1: number;
  iNum2: number;
  sMsg: string;
}
interface AddRsp {
  iRet: number;
  iResult: number;
  sMsg: string;
}
const AddReq = struct<AddReq>('Hello.AddReq', {
  iNum1: required(0, t.int),
  iNum2: required(1, t.int),
  sMsg: required(2, t.string),
});
const AddRsp = struct<AddRsp>('Hello.AddRsp', {
  iRet: required(0, t.int),
  iResult: required(1, t.int),
  sMsg: required(2, t.string),
});

interface Mixed {
  flag: boolean;
  tiny: number;
  long: number;
  half: number;
  blob: Uint8Array;
  names: string[];
  counts: Map<string, number>;
}
const MIXED = {
  flag: required(1, t.bool),
  tiny: required(2, t.byte),
  long: required(3, t.long),
  half: required(4, t.double),
  blob: required(5, t.bytes),
  names: required(6, t.vector(t.string)),
  counts: required(7, t.map(t.string, t.int)),
} as const;

const METHODS = {
  add: method<{ stReq: AddReq }, { ret: number; stRsp: AddRsp }>(
    'Hello.Test.add',
    { stReq: required(1, AddReq) },
    { ret: required(0, t.int), stRsp: required(2, AddRsp) },
  ),
  addAll: method<{ list: AddReq[] }, { ret: string; sums: AddRsp[] }>(
    'Hello.Test.addAll',
    { list: required(1, t.vector(AddReq)) },
    { ret: required(0, t.string), sums: required(2, t.vector(AddRsp)) },
  ),
  mixed: method<Mixed, Mixed>('Hello.Test.mixed', MIXED, MIXED),
  nothing: method<Nothing, Nothing>('Hello.Test.nothing', {}, {}),
  fail: method<Nothing, { ret: number }>('Hello.Test.fail', {}, { ret: required(0, t.int) }),
};

const sum = ({ iNum1, iNum2, sMsg }: AddReq): AddRsp => ({
  iRet: 0,
  iResult: iNum1 + iNum2,
  sMsg: `${sMsg}!`,
});

async function serve(maxCalls?: number): Promise<{ port: number; calls: ServantCall[]; errors: unknown[] }> {
  const calls: ServantCall[] = [];
  const errors: unknown[] = [];
  const adapter = createServantAdapter(METHODS, {
    add: async ({ stReq }, call) => {
      calls.push(call);
      return { ret: 7, stRsp: sum(stReq) };
    },
    addAll: async ({ list }) => ({ ret: `${list.length}`, sums: list.map(sum) }),
    mixed: async (given) => given,
    nothing: async (call) => void calls.push(call),
    fail: async () => {
      throw new Error('a secret of the servant');
    },
  });
  const server = createServantServer({
    host: '127.0.0.1',
    port: 0,
    servants: new Map([[OBJECT, adapter]]),
    onError: (error) => errors.push(error),
    ...(maxCalls === undefined ? {} : { maxCalls }),
  });
  onTestFinished(() => server.close());
  return { port: (await server.listen()).port, calls, errors };
}

/** A connection that sends packets, and returns the received ones. */
async function dial(port: number) {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const packets = new Inbox<Uint8Array>();
  const splitter = new FrameSplitter();
  socket.on('data', (chunk) => {
    for (const packet of splitter.push(chunk)) packets.push(Uint8Array.from(packet));
  });
  socket.on('close', () => packets.end('the connection is closed'));
  await once(socket, 'connect');
  return { socket, next: () => packets.next() };
}

type Dialled = Awaited<ReturnType<typeof dial>>;
type Tup = InstanceType<typeof TarsStream.Tup>;

let lastId = 0;
function tupRequest(version: 2 | 3, funcName: string): Tup {
  return Object.assign(new TarsStream.Tup(), {
    tupVersion: version,
    servantName: OBJECT,
    funcName,
    requestId: ++lastId,
  });
}

/** Sends a request that the reference has encoded, and lets the reference decode the answer. */
async function ask({ socket, next }: Dialled, request: Tup): Promise<Tup> {
  socket.write(request.encode().toNodeBuffer());
  const packet = await next();
  const head = Buffer.alloc(4);
  head.writeUInt32BE(packet.length + 4);
  const answer = new TarsStream.Tup();
  answer.decode(new TarsStream.BinBuffer(Buffer.concat([head, packet])));
  expect(answer).toMatchObject({
    servantName: OBJECT,
    funcName: request.funcName,
    requestId: request.requestId,
    tupVersion: request.tupVersion,
  });
  return answer;
}

function reqOf(iNum1: number, iNum2: number, sMsg: string): ReferenceStruct {
  return Object.assign(new STUB['AddReq']!(), { iNum1, iNum2, sMsg });
}

afterAll(() => client.disconnect());

describe.each([2, 3] as const)('a request of version %i', (version) => {
  test('of the reference client gets the answer that this client expects', async () => {
    const { port, calls } = await serve();
    const proxy = client.stringToProxy(
      STUB['TestProxy'],
      `${OBJECT}@tcp -h 127.0.0.1 -p ${port} -t 60000`,
    ) as ReferenceProxy & { _worker: { version: number } };
    proxy._worker.version = version;
    const numbers = Array.from({ length: 50 }, (_, index) => index * 1000);
    const replies = await Promise.all(
      numbers.map((number) => proxy['add']!(reqOf(number, 1, 'κόσμε'), { context: { secret: 'x' } })),
    );
    expect(replies.map(({ response }) => response)).toMatchObject(
      numbers.map((number) => ({
        return: 7,
        arguments: { stRsp: { iRet: 0, iResult: number + 1, sMsg: 'κόσμε!' } },
      })),
    );
    expect(calls[0]).toMatchObject({ context: new Map([['secret', 'x']]), tupVersion: version });
  });

  test('can have parameters of all types', async () => {
    const connection = await dial((await serve()).port);
    const request = tupRequest(version, 'mixed');
    const names = new TarsStream.List(TarsStream.String);
    for (const name of ['a', 'Ω'.repeat(200)]) names.push(name);
    const counts = new TarsStream.Map(TarsStream.String, TarsStream.Int32);
    counts.set('one', 1);
    counts.set('many', -70_000);
    request.writeBoolean('flag', true);
    request.writeInt8('tiny', -3);
    request.writeInt64('long', 2 ** 40);
    request.writeDouble('half', 0.5);
    request.writeBytes('blob', new TarsStream.BinBuffer(Buffer.from('000cff', 'hex')));
    request.writeList('names', names);
    request.writeMap('counts', counts);
    const answer = await ask(connection, request);
    expect(answer.getTarsResultCode()).toBe(0);
    expect(answer.readBoolean('flag')).toBe(true);
    expect(answer.readInt8('tiny')).toBe(-3);
    expect(answer.readInt64('long')).toBe(2 ** 40);
    expect(answer.readDouble('half')).toBe(0.5);
    expect(answer.readBytes('blob').toNodeBuffer().toString('hex')).toBe('000cff');
    expect(answer.readMap('counts', TarsStream.Map(TarsStream.String, TarsStream.Int32))).toMatchObject({
      value: { one: 1, many: -70_000 },
    });
  });

  test('may have no parameters, and its answer no result', async () => {
    const connection = await dial((await serve()).port);
    const nothing = await ask(connection, tupRequest(version, 'nothing'));
    expect(nothing.getTarsResultCode()).toBe(0);
    expect((await ask(connection, tupRequest(version, 'tars_ping'))).readInt32('')).toBe(0);
  });

  test('gets an error as a code without a text', async () => {
    const connection = await dial((await serve()).port);
    const other = tupRequest(version, 'other');
    const missing = tupRequest(version, 'add');
    const wrong = tupRequest(version, 'add');
    wrong.writeString('stReq', 'no struct');
    for (const [request, code] of [
      [other, -3],
      [missing, -1],
      [wrong, -1],
      [tupRequest(version, 'fail'), -1],
    ] as const) {
      const answer = await ask(connection, request);
      expect(answer.getTarsResultCode()).toBe(code);
      expect(answer.getTarsResultDesc()).toBe('');
    }
  });

  test('is answered as overloaded if there are too many at the same time', async () => {
    const connection = await dial((await serve(0)).port);
    expect((await ask(connection, tupRequest(version, 'nothing'))).getTarsResultCode()).toBe(-9);
  });

  test('for an unknown object gets the error for it', async () => {
    const { socket, next } = await dial((await serve()).port);
    const request = Object.assign(tupRequest(version, 'add'), { servantName: 'Hello.HelloServer.OtherObj' });
    socket.write(request.encode().toNodeBuffer());
    expect(RequestPacket.decode(await next())).toMatchObject({
      version,
      servant: 'Hello.HelloServer.OtherObj',
      status: new Map([['STATUS_RESULT_CODE', '-4']]),
    });
  });

  test('with an invalid body is answered, and the connection stays open', async () => {
    const { port, calls } = await serve();
    const connection = await dial(port);
    const hostile = ['', 'ff', '08027fffffff', '0800ff', '0c', '08'.repeat(5000), '0a'.repeat(5000)];
    for (const [index, bytes] of hostile.entries()) {
      const body = Buffer.from(bytes, 'hex');
      connection.socket.write(
        RequestPacket.encodeFrame({ version, requestId: index, servant: OBJECT, func: 'add', body }),
      );
      expect(RequestPacket.decode(await connection.next())).toMatchObject({
        requestId: index,
        status: new Map([['STATUS_RESULT_CODE', '-1']]),
      });
    }
    expect(calls).toEqual([]);
    const request = tupRequest(version, 'add');
    request.writeStruct('stReq', reqOf(1, 2, ''));
    expect((await ask(connection, request)).readInt32('')).toBe(7);
  });

  test('that is one-way is done and not answered', async () => {
    const { port, calls } = await serve();
    const connection = await dial(port);
    const body = Uint8Array.of(0x08, 0x0c);
    const packetType = PACKET_TYPE.oneWay;
    connection.socket.write(
      RequestPacket.encodeFrame({
        version,
        packetType,
        requestId: 1,
        servant: OBJECT,
        func: 'nothing',
        body,
      }),
    );
    await ask(connection, tupRequest(version, 'tars_ping'));
    expect(calls).toMatchObject([{ tupVersion: version }]);
  });
});

test('lists of structs work in both directions in version 3', async () => {
  const connection = await dial((await serve()).port);
  const request = tupRequest(3, 'addAll');
  const list = new TarsStream.List(STUB['AddReq']!);
  list.push(reqOf(1, 2, 'a'));
  list.push(reqOf(-3, 3, 'b'));
  request.writeList('list', list);
  const answer = await ask(connection, request);
  expect(answer.readString('')).toBe('2');
  expect(answer.readString('tars_ret')).toBe('2');
  expect(answer.readList('sums', TarsStream.List(STUB['AddRsp']!))).toMatchObject({
    value: [
      { iResult: 3, sMsg: 'a!' },
      { iResult: 0, sMsg: 'b!' },
    ],
  });
});

test('versions can be mixed on a connection, and an unknown version ends only this connection', async () => {
  const { port, errors } = await serve();
  const [bad, good] = [await dial(port), await dial(port)];
  for (const version of [3, 2, 3] as const) {
    const request = tupRequest(version, 'add');
    request.writeStruct('stReq', reqOf(1, version, ''));
    expect((await ask(bad, request)).readInt32('')).toBe(7);
  }
  const closed = once(bad.socket, 'close');
  bad.socket.write(
    RequestPacket.encodeFrame({ version: 4, requestId: 1, servant: OBJECT, func: 'add', body: Buffer.of() }),
  );
  await closed;
  expect(errors.map(String)).toEqual(['TarsDecodeError: version 4 is not spoken here']);
  expect((await ask(good, tupRequest(3, 'tars_ping'))).getTarsResultCode()).toBe(0);
});
