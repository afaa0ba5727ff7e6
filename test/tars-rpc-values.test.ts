/** The values of calls through a proxy of `@tars/rpc`: which JSON arguments are taken, and what results become. */

import { createRequire } from 'node:module';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { fromTarsRpc } from '../src/tars.ts';
import { createServantServer } from '../src/tars/server/servant-server.ts';
import { required, struct } from '../src/tars/wire/struct.ts';
import type { TarsType } from '../src/tars/wire/tars-type.ts';
import { t } from '../src/tars/wire/types.ts';
import { startServer } from './support/start-server.ts';

const OBJECT = 'Test.Values.ValuesObj';

/** The used parts of the packages. */
type Stream = Record<string, (...args: unknown[]) => unknown> & { getBinBuffer(): unknown };
interface Packages {
  readonly rpc: {
    readonly client: { stringToProxy(proxy: unknown, object: string): object; destroy(): void };
  };
  readonly stream: {
    readonly TarsOutputStream: new () => Stream;
    readonly TarsInputStream: new (bytes: unknown) => Stream;
  };
}

const load = createRequire(import.meta.url);
// Loaded first, because otherwise an import cycle in the package causes warnings.
load('@tars/monitor');
const { rpc, stream } = { rpc: load('@tars/rpc'), stream: load('@tars/stream') } as Packages;

interface Data {
  readonly response: { readonly sBuffer: unknown };
}

interface Self {
  readonly _worker: { tars_invoke(func: string, body: unknown, options: unknown): Promise<Data> };
}

/** By function: how generated code writes its argument and reads its result, and the type at the servant. */
const FUNCTIONS: Readonly<
  Record<string, readonly [kind: string, type: TarsType<unknown>, ...more: unknown[]]>
> = {
  bool: ['Boolean', t.bool],
  byte: ['Int8', t.byte],
  int: ['Int32', t.int],
  uint: ['UInt32', t.unsignedInt],
  long: ['Int64', t.longBigint],
  longText: ['Int64', t.longBigint, true],
  float: ['Float', t.float],
  double: ['Double', t.double],
  text: ['String', t.string],
};

function GeneratedProxy(): void {}
for (const [func, [kind, , ...more]] of Object.entries(FUNCTIONS)) {
  (GeneratedProxy.prototype as Record<string, unknown>)[func] = function (this: Self, v: unknown) {
    const output = new stream.TarsOutputStream();
    output[`write${kind}`]!(1, v, ...more);
    const decode = ({ response: { sBuffer } }: Data) => {
      const input = new stream.TarsInputStream(sBuffer);
      return { response: { return: input[`read${kind}`]!(0, true, 0, ...more), arguments: {} } };
    };
    return this._worker.tars_invoke(func, output.getBinBuffer(), {}).then(decode);
  };
}
afterAll(() => rpc.client.destroy());

/** @param answers What the servant answers, by function. Default: its argument. */
async function start(answers: Readonly<Record<string, unknown>> = {}) {
  const dispatch = async (func: string, body: Uint8Array) => {
    const type = FUNCTIONS[func]![1] as TarsType<object>;
    const { v } = struct<{ v: object }>('Args', { v: required(1, type) }).decode(body);
    const ret = answers[func] ?? v;
    return {
      ret: 0,
      body: struct<{ ret: object }>('Result', { ret: required(0, type) }).encode({
        ret,
      }),
    };
  };
  const servant = createServantServer({
    host: '127.0.0.1',
    port: 0,
    servants: new Map([[OBJECT, { dispatch }]]),
  });
  onTestFinished(() => servant.close());
  const { port } = await servant.listen();
  const proxy = rpc.client.stringToProxy(GeneratedProxy, `${OBJECT}@tcp -h 127.0.0.1 -p ${port} -t 60000`);
  const { connect } = await startServer({
    servants: { values: fromTarsRpc(proxy) },
    rooms: { '*': { rpc: ['values.*'] } },
  });
  const client = await connect();
  /** Resolves to the JSON text of the result, or to the words of the error. */
  return async (func: string, json: string): Promise<string> => {
    const frame = await client.ask(`rpc|{"roomNum":"r","method":"values.${func}","args":{"v":${json}}}`);
    const { ret, message } = /"result":\{"ret":(?<ret>.*)\}\}$|"message":"(?<message>.*?)"/.exec(
      frame,
    )!.groups!;
    return ret ?? message ?? frame;
  };
}

type Case = readonly [func: string, json: string, result?: string];

test('numbers are taken however JSON writes them, and keep their values', async () => {
  const ask = await start();
  const cases: readonly Case[] = [
    ['int', '1', '1'],
    ['int', '1.0', '1'],
    ['int', '1e2', '100'],
    ['int', '0', '0'],
    ['int', '-0', '0'],
    ['uint', '4294967295', '4294967295'],
    ['double', '2.0', '2'],
    ['double', '1E5', '100000'],
    ['double', '1.10', '1.1'],
    ['double', '1e22', '1e+22'],
    ['double', '1.0', '1'],
    ['double', '-0', '0'],
    ['double', '9007199254740993', '9007199254740992'],
    ['double', '"NaN"', '"NaN"'],
    ['double', '"-Infinity"', '"-Infinity"'],
    ['float', '"Infinity"', '"Infinity"'],
    ['float', '1.50', '1.5'],
    ['long', '9007199254740991', '9007199254740991'],
    ['long', '-5', '-5'],
    ['longText', '5', '5'],
    ['longText', '9007199254740993', '"9007199254740993"'],
    ['longText', '"9007199254740993"', '"9007199254740993"'],
    ['longText', '9223372036854775807', '"9223372036854775807"'],
    ['longText', '-9223372036854775808', '"-9223372036854775808"'],
    ['bool', 'true', 'true'],
    ['bool', 'false', 'false'],
    ['text', '"NaN"', '"NaN"'],
    ['text', '"1"', '"1"'],
  ];
  for (const [func, json, result] of cases)
    expect([func, json, await ask(func, json)]).toEqual([func, json, result]);
});

test('values that generated code would change are refused, with their place', async () => {
  const ask = await start();
  const cases: readonly Case[] = [
    ['int', '1.5'],
    ['int', '"1"'],
    ['int', 'true'],
    ['int', 'false'],
    ['int', '1e-400'],
    ['int', '2147483648'],
    ['int', '"9007199254740993"'],
    ['uint', '"4294967295"'],
    ['byte', 'true'],
    ['double', 'true'],
    ['double', '1e400'],
    ['double', '"x"'],
    ['float', '1e39'],
    ['float', `4${'0'.repeat(38)}`],
    ['long', '9007199254740993'],
    ['long', '"9007199254740993"'],
    ['longText', '9223372036854775808'],
    ['longText', '"9223372036854775808"'],
    ['bool', '1'],
    ['bool', '0'],
    ['bool', '1.0'],
    ['bool', '2'],
    ['text', '1'],
    ['text', '9007199254740993'],
    ['text', 'null'],
  ];
  for (const [func, json] of cases) {
    const words = await ask(func, json);
    expect([func, json, words]).toEqual([
      func,
      json,
      expect.stringMatching(/^the arguments do not fit the function: args(?:\.v)?: /),
    ]);
  }
});

test('results keep their values: NaN, infinite numbers and a long beyond 2^53 are strings', async () => {
  const ask = await start({
    double: Number.NaN,
    float: -Infinity,
    long: -(2n ** 63n),
    longText: 2n ** 53n + 1n,
  });
  expect(await ask('double', '1')).toBe('"NaN"');
  expect(await ask('float', '1')).toBe('"-Infinity"');
  expect(await ask('long', '1')).toBe('"-9223372036854775808"');
  expect(await ask('longText', '1')).toBe('"9007199254740993"');
});
