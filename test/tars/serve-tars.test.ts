/** `serveTars` and `connectTars` with generated code, with each other and with the reference library. */

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { connectTars, serveTars, TarsCallError, type Methods, type ServantAdapter } from '../../src/tars.ts';
import { generate, load } from './generated.ts';
import { client, loadStub, platformPath } from './platform-files.ts';

const DEMO = 'rpc/examples/rpc-tars/demo.1';
const OBJECT = 'TARS.NodeTarsServer.NodeTarsObj';

interface Generated {
  NodeTarsMethods: Methods;
  createNodeTarsAdapter(servant: object): ServantAdapter;
}

let out: string;
let generated: Generated;
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'tars-serve-'));
  await generate([platformPath(`${DEMO}/server.node.1/NodeTars.tars`)], out);
  generated = await load<Generated>(out, 'NodeTars.ts');
});
afterAll(async () => {
  client.disconnect();
  await rm(out, { recursive: true, force: true });
});

class NodeTars {
  async test() {
    return { ret: 9 };
  }
  async getUsrName({ sUsrName }: { sUsrName: string }) {
    return { ret: 0, sValue1: `${sUsrName}1`, sValue2: `${sUsrName}2` };
  }
}

async function serve(endpoint = 'tcp -h 127.0.0.1 -p 0 -t 60000') {
  const servants = { [OBJECT]: generated.createNodeTarsAdapter(new NodeTars()) };
  const served = await serveTars({ endpoint, servants });
  onTestFinished(() => served.close());
  return served;
}

type Calls = Readonly<Record<string, (args?: object) => Promise<unknown>>>;

function connect(options: { object?: string; endpoint?: string; deadlineMs?: number }): Calls {
  const connected = connectTars(generated.NodeTarsMethods, { object: OBJECT, ...options });
  onTestFinished(connected.close);
  return connected.proxy as unknown as Calls;
}

test('a proxy calls it, by an endpoint or by an object with endpoints', async () => {
  const { address } = await serve();
  expect(address.host).toBe('127.0.0.1');
  const endpoint = `tcp -h 127.0.0.1 -p ${address.port}`;
  const answer = { ret: 0, sValue1: 'a1', sValue2: 'a2' };
  expect(await connect({ endpoint })['getUsrName']!({ sUsrName: 'a' })).toEqual(answer);
  expect(await connect({ object: `${OBJECT}@${endpoint}` })['test']!()).toEqual({ ret: 9 });
});

test('the reference client calls it', async () => {
  const { address } = await serve();
  const stub = loadStub(`${DEMO}/client.node.proxy/NodeTarsProxy.js`);
  const proxy = client.stringToProxy(
    stub['tars']!['NodeTarsProxy'],
    `${OBJECT}@tcp -h 127.0.0.1 -p ${address.port} -t 60000`,
  );
  expect((await proxy['test']!({})).response.return).toBe(9);
  const { response } = await proxy['getUsrName']!('b', {});
  expect(response.arguments).toMatchObject({ sValue1: 'b1', sValue2: 'b2' });
});

test('an object that is not served there is an error of the call', async () => {
  const { address } = await serve();
  const calls = connect({ object: 'No.Such.Obj', endpoint: `tcp -h 127.0.0.1 -p ${address.port}` });
  await expect(calls['test']!()).rejects.toMatchObject({ code: 'TARS_CALL', ret: -4 });
});

test('a servant that is away is an error of the call within its deadline', async () => {
  const { address, close } = await serve();
  await close();
  const calls = connect({ endpoint: `tcp -h 127.0.0.1 -p ${address.port}`, deadlineMs: 500 });
  await expect(calls['test']!()).rejects.toBeInstanceOf(TarsCallError);
});

test('it listens on every address for the host *', async () => {
  const { address } = await serve('tcp -h * -p 0');
  expect(address.host).toBe('0.0.0.0');
  expect(address.port).toBeGreaterThan(0);
});

test('it does not listen at what is no endpoint, by a wrong name, or on a port in use', async () => {
  const adapter = generated.createNodeTarsAdapter(new NodeTars());
  const endpoint = 'tcp -h 127.0.0.1 -p 0';
  await expect(serveTars({ endpoint: 'udp -h 127.0.0.1 -p 1', servants: {} })).rejects.toThrow(/tcp only/);
  await expect(serveTars({ endpoint: 'tcp -h 127.0.0.1 -p 70000', servants: {} })).rejects.toThrow(
    /0 to 65535/,
  );
  await expect(serveTars({ endpoint, servants: { Obj: adapter } })).rejects.toThrow(/App\.Server\.Obj/);
  expect(() => connectTars(generated.NodeTarsMethods, { object: 'Obj' })).toThrow(TypeError);

  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  const taken = serveTars({ endpoint: `tcp -h 127.0.0.1 -p ${port}`, servants: { [OBJECT]: adapter } });
  await expect(taken).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
