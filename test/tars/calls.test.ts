/** Calls between generated code and the reference library over real sockets: their client and server, our client and server. */

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import TarsStream from '@tars/stream';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { check } from '../../src/idl/compile.ts';
import type { FunctionModel, InterfaceModel, KeyModel, Type } from '../../src/idl/check/model.ts';
import {
  createServantAdapter,
  createProxy,
  type Methods,
  type ServantAdapter,
  type ServantOf,
} from '../../src/tars.ts';
import { arbitraryOf } from './arbitrary-values.ts';
import { generate, load } from './generated.ts';
import { client, loadStub, platformPath, server } from './platform-files.ts';
import { ReferenceValues } from './reference-values.ts';
import { openCaller, serveAdapter, type Closable } from './wire-peers.ts';

const OBJECT = 'Test.Server.Obj';
const RUNS = { numRuns: 25 };

type Plain = Record<string, unknown>;

interface InterfaceCase {
  readonly tars: string;
  readonly name: string;
  readonly stub: string;
}

/** The interfaces whose stubs can call. */
const CLIENTS: readonly InterfaceCase[] = [
  { tars: 'config/ConfigF.tars', name: 'Config', stub: 'config/ConfigFProxy.js' },
  { tars: 'notify/NotifyF.tars', name: 'Notify', stub: 'notify/NotifyFProxy.js' },
  { tars: 'registry/QueryF.tars', name: 'QueryF', stub: 'registry/QueryFProxy.js' },
  { tars: 'monitor/stat/StatF.tars', name: 'StatF', stub: 'monitor/stat/StatFProxy.js' },
  {
    tars: 'monitor/property/PropertyF.tars',
    name: 'PropertyF',
    stub: 'monitor/property/PropertyFProxy.js',
  },
  {
    tars: 'monitor/propertyplus/PropertyPlusF.tars',
    name: 'PropertyPlusF',
    stub: 'monitor/propertyplus/PropertyPlusFProxy.js',
  },
  { tars: 'rpc/examples/gateway/Hello2.tars', name: 'Test', stub: 'rpc/examples/gateway/Hello2Proxy.js' },
  {
    tars: 'rpc/examples/rpc-tars/demo.1/server.node.1/NodeTars.tars',
    name: 'NodeTars',
    stub: 'rpc/examples/rpc-tars/demo.1/client.node.proxy/NodeTarsProxy.js',
  },
];

/** The interfaces whose stubs can serve. */
const SERVERS: readonly InterfaceCase[] = [
  {
    tars: 'rpc/examples/rpc-tars/demo.1/server.node.1/NodeTars.tars',
    name: 'NodeTars',
    stub: 'rpc/examples/rpc-tars/demo.1/server.node.1/NodeTars.js',
  },
  {
    tars: 'rpc/examples/rpc-tars/demo.2/server.node.1/NodeSecond.tars',
    name: 'NodeSecond',
    stub: 'rpc/examples/rpc-tars/demo.2/server.node.1/NodeSecond.js',
  },
];

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tars-calls-'));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

const open: Closable[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((peer) => peer.close()));
});

describe.each(CLIENTS)('the reference client of $name', (given) => {
  test.each(['our server', 'the reference server'])('calls a generated servant on %s', async (host) => {
    const { model, methods, reference, keys } = await prepare(given);
    const behaviour = new Map<string, { got?: unknown; answer: unknown }>();
    const adapter = createServantAdapter(methods, createServant(model, behaviour));
    const port = await (host === 'our server' ? openOurs(adapter) : openTheirs(toImplementation(adapter)));
    const stub = loadStub(given.stub);
    const proxy = client.stringToProxy(
      stub[model.module]![`${given.name}Proxy`],
      `${OBJECT}@tcp -h 127.0.0.1 -p ${port} -t 60000`,
    );

    for (const func of model.functions) {
      const { ins, outs } = split(func);
      await fc.assert(
        fc.asyncProperty(valuesOf(ins, keys), valuesOf(outs, keys), async (args, result) => {
          behaviour.set(func.name, { answer: result });
          const sent = ins.map(({ name, type }) => reference.toReference(type, args[name]));
          const { response } = await proxy[func.name]!(...sent, {});
          if (ins.length > 0) expect(behaviour.get(func.name)?.got).toEqual(args);
          for (const { name, type } of outs) {
            const back = name === 'ret' ? response.return : response.arguments?.[name];
            expect(reference.fromReference(type, back)).toEqual(result[name]);
          }
        }),
        RUNS,
      );
    }
  });
});

describe.each(SERVERS)('the reference server of $name', (given) => {
  test('is called by a generated proxy', async () => {
    const { model, methods, reference, keys } = await prepare(given);
    const behaviour = new Map<string, { got?: unknown; answer: unknown }>();
    const stub = loadStub(given.stub);
    const port = await openTheirs(
      fillImplementation(
        stub[model.module]![`${given.name}Imp`] as unknown as Implementation,
        model,
        reference,
        behaviour,
      ),
    );
    const caller = await openCaller(port, OBJECT);
    open.push(caller);
    const proxy = createProxy(methods, caller) as Readonly<
      Record<string, (args?: Plain) => Promise<unknown>>
    >;

    for (const func of model.functions) {
      const { ins, outs } = split(func);
      await fc.assert(
        fc.asyncProperty(valuesOf(ins, keys), valuesOf(outs, keys), async (args, result) => {
          behaviour.set(func.name, { answer: result });
          const back = await (ins.length > 0 ? proxy[func.name]!(args) : proxy[func.name]!());
          expect(back).toEqual(outs.length > 0 ? result : undefined);
          if (ins.length > 0) expect(behaviour.get(func.name)?.got).toEqual(args);
        }),
        RUNS,
      );
    }
  });
});

describe('errors between generated code and the reference server', () => {
  const given = SERVERS[1]!;

  test('an unknown function is a typed error with the platform code -3', async () => {
    const { methods } = await prepare(CLIENTS[0]!);
    const stub = loadStub(given.stub);
    const caller = await openCaller(
      await openTheirs(stub['tars']![`${given.name}Imp`] as unknown as Implementation),
      OBJECT,
    );
    open.push(caller);
    const proxy = createProxy(methods, caller) as Readonly<Record<string, (args: Plain) => Promise<unknown>>>;
    await expect(proxy['ListConfig']!({ app: 'a', server: 'b' })).rejects.toMatchObject({
      code: 'TARS_CALL',
      func: 'ListConfig',
      ret: -3,
    });
  });

  test('a generated servant that throws gives -1 without the text of its error, and goes on', async () => {
    const { model, methods } = await prepare(given);
    const failures: unknown[] = [];
    const servant = Object.fromEntries(
      model.functions.map(({ name }) => [name, () => Promise.reject(new Error('the secret'))]),
    );
    const adapter = createServantAdapter(methods, servant as unknown as ServantOf<Methods>, {
      failed: (error, func) => failures.push([func, (error as Error).message]),
    });
    const caller = await openCaller(await openTheirs(toImplementation(adapter)), OBJECT);
    open.push(caller);
    const proxy = createProxy(methods, caller) as Readonly<
      Record<string, (args?: Plain) => Promise<unknown>>
    >;
    const error = await proxy['test']!().catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'TARS_CALL', ret: -1 });
    expect(String(error)).not.toContain('secret');
    expect(failures).toEqual([['test', 'the secret']]);
    await expect(proxy['yourName']!({ sName: 'x' })).rejects.toMatchObject({ ret: -1 });
  });
});

/** The class of the servant, of which the reference server makes an object. */
interface Implementation {
  new (): unknown;
  readonly prototype: Record<string, unknown>;
}

interface Current {
  sendResponse(...values: unknown[]): void;
  doResponse(bytes: unknown): void;
  sendErrorResponse(ret: number, message: string): void;
}

async function prepare({ tars, name }: InterfaceCase) {
  const path = platformPath(tars);
  const { files } = await check([path], { long: 'number', withTars: true });
  const definitions = [...files.values()].flatMap(({ model }) => model.definitions);
  const model = definitions.find(
    (definition): definition is InterfaceModel => definition.kind === 'interface' && definition.name === name,
  )!;
  const out = join(root, basename(tars, '.tars'));
  await generate([path], out);
  const module = await load<Readonly<Record<string, Methods>>>(out, `${basename(tars, '.tars')}.ts`);
  const stubs = [...CLIENTS, ...SERVERS]
    .filter((other) => other.tars === tars)
    .map(({ stub }) => loadStub(stub));
  const reference = new ReferenceValues([...stubs, loadStub('registry/EndpointFTars.js')]);
  const keys = definitions.filter((definition) => definition.kind === 'key');
  return { model, methods: module[`${name}Methods`]!, reference, keys };
}

function split({ parameters, returns }: FunctionModel) {
  const outs: { name: string; type: Type }[] = parameters.filter(({ out }) => out);
  return {
    ins: parameters.filter(({ out }) => !out),
    outs: returns === undefined ? outs : [{ name: 'ret', type: returns }, ...outs],
  };
}

function valuesOf(
  parameters: readonly { name: string; type: Type }[],
  keys: readonly KeyModel[],
): fc.Arbitrary<Plain> {
  return fc.record(Object.fromEntries(parameters.map(({ name, type }) => [name, arbitraryOf(type, keys)])));
}

/** A servant that records its arguments and gives a fixed answer. */
function createServant(
  model: InterfaceModel,
  behaviour: Map<string, { got?: unknown; answer: unknown }>,
): ServantOf<Methods> {
  return Object.fromEntries(
    model.functions.map(({ name }) => [
      name,
      (got: unknown) => {
        const next = behaviour.get(name)!;
        next.got = got;
        return Promise.resolve(next.answer);
      },
    ]),
  ) as unknown as ServantOf<Methods>;
}

/** A generated adapter in the form that the reference server calls. */
function toImplementation(adapter: ServantAdapter): Implementation {
  class Bridge {
    initialize() {}
    onDispatch(current: Current, func: string, body: { toNodeBuffer(): Buffer }): number {
      void adapter.dispatch(func, body.toNodeBuffer()).then((reply) => {
        if (reply.ret !== 0) return current.sendErrorResponse(reply.ret, '');
        const bytes = new TarsStream.BinBuffer();
        bytes.writeNodeBuffer(Buffer.from(reply.body));
        current.doResponse(bytes);
      });
      return 0;
    }
  }
  return Bridge as unknown as Implementation;
}

/** The servant of the reference generator with implemented functions. */
function fillImplementation(
  implementation: Implementation,
  model: InterfaceModel,
  reference: ReferenceValues,
  behaviour: Map<string, { got?: unknown; answer: unknown }>,
): Implementation {
  implementation.prototype['initialize'] = () => {};
  for (const func of model.functions) {
    const { ins, outs } = split(func);
    implementation.prototype[func.name] = (current: Current, ...given: unknown[]) => {
      const next = behaviour.get(func.name)!;
      next.got = Object.fromEntries(
        ins.map(({ name, type }, index) => [name, reference.fromReference(type, given[index])]),
      );
      const answer = next.answer as Plain;
      current.sendResponse(...outs.map(({ name, type }) => reference.toReference(type, answer[name])));
    };
  }
  return implementation;
}

async function openOurs(adapter: ServantAdapter): Promise<number> {
  const peer = await serveAdapter(adapter);
  open.push(peer);
  return peer.port;
}

/** Starts the reference server on a free port. */
async function openTheirs(implementation: Implementation): Promise<number> {
  const peer = server.createServer(implementation);
  peer.start({
    name: 'Test',
    servant: OBJECT,
    endpoint: 'tcp -h 127.0.0.1 -p 0 -t 60000',
    protocol: 'tars',
    maxconns: 10,
  });
  const listener = peer._server._adapters[0]!._netthread._listener;
  if (!listener.listening) await once(listener, 'listening');
  open.push({
    async close() {
      const closed = once(listener, 'close');
      peer.stop();
      client.disconnect();
      await closed;
    },
  });
  return (listener.address() as AddressInfo).port;
}
