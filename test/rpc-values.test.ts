/** The values of calls: what JSON arguments and results of `rpc|…` may be, for every type of the .tars language. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadInterface } from '../src/idl/load-interface.ts';
import { toMethods, type LongForm } from '../src/idl/to-methods.ts';
import { createServantAdapter } from '../src/tars/calls/servant-adapter.ts';
import { createServantServer } from '../src/tars/server/servant-server.ts';
import { startProcess } from './support/start-process.ts';
import { startServer } from './support/start-server.ts';
import { makeTempDir } from './support/temp-dir.ts';

const ECHO = `module Test {
  enum Mood { calm, wild = 5 };
  struct Inner { 0 require int x; 1 optional long y = 9007199254740993; };
  struct Tree { 0 optional vector<Tree> kids; };
  struct All {
    0 optional bool flag; 1 optional byte b; 2 optional short s; 3 optional int i; 4 optional long l;
    5 optional unsigned byte ub; 6 optional unsigned short us; 7 optional unsigned int ui;
    8 optional float f; 9 optional double d; 10 optional string text; 11 optional vector<byte> bytes;
    12 optional Mood mood; 13 optional Inner inner; 14 optional vector<int> list; 15 optional map<string, int> names;
    16 optional map<int, string> numbers; 17 optional map<Inner, int> pairs; 18 optional vector<long> longs;
    19 optional map<long, bool> byLong; 20 optional map<bool, int> flags; 21 optional map<double, int> byDouble;
    22 optional Tree tree; 23 optional string __proto__;
  };
  interface Echo { All mirror(All all); double special(string name); long keep(long number); };
};`;

const SPECIAL: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  infinity: Infinity,
  minus: -Infinity,
};

/** Starts a servant that returns what it gets. */
async function startEcho() {
  const file = join(await makeTempDir(), 'echo.tars');
  await writeFile(file, ECHO);
  const model = await loadInterface(file, 'Echo');
  const servant = {
    mirror: async ({ all }: { all: object }) => ({ ret: all }),
    special: async ({ name }: { name: string }) => ({ ret: SPECIAL[name] }),
    keep: async ({ number }: { number: bigint }) => ({ ret: number }),
  };
  const adapter = createServantAdapter(toMethods(model), servant as never);
  const echo = createServantServer({
    host: '127.0.0.1',
    port: 0,
    servants: new Map([['Test.EchoServer.EchoObj', adapter]]),
  });
  onTestFinished(() => echo.close());
  const { port } = await echo.listen();
  return { file, model, object: `Test.EchoServer.EchoObj@tcp -h 127.0.0.1 -p ${port}` };
}

/** Starts a server that knows the servant, and returns a function that calls it with JSON text. */
async function startCaller(longForm?: LongForm) {
  const { model, object } = await startEcho();
  const { connect } = await startServer({
    servants: { echo: { object, methods: toMethods(model, longForm) } },
    rooms: { '*': { rpc: ['echo.*'] } },
  });
  const client = await connect();
  return (method: string, args: string): Promise<string> =>
    client.ask(`rpc|{"roomNum":"room1","method":"echo.${method}","args":${args}}`);
}

const LONGS = ['0', '-1', '9007199254740991', '9007199254740993', '-9007199254740993'];
const LIMITS = ['9223372036854775807', '-9223372036854775808'];

function isSafe(digits: string): boolean {
  return Number.isSafeInteger(Number(digits)) && String(Number(digits)) === digits;
}

describe('a long', () => {
  test('goes both ways with all digits, as a number or as a string', async () => {
    const call = await startCaller();
    const digits = fc.oneof(
      fc.constantFrom(...LONGS, ...LIMITS),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    );
    await fc.assert(
      fc.asyncProperty(digits, fc.boolean(), async (number, quoted) => {
        const answer = await call('keep', `{"number":${quoted ? `"${number}"` : number}}`);
        const ret = isSafe(number) ? number : `"${number}"`;
        expect(answer).toBe(`rpc|{"method":"echo.keep","result":{"ret":${ret}}}`);
      }),
      { numRuns: 50 },
    );
  });

  test('is a number with all its digits where that is set', async () => {
    const call = await startCaller('number');
    for (const number of [...LONGS, ...LIMITS]) {
      expect(await call('keep', `{"number":"${number}"}`)).toBe(
        `rpc|{"method":"echo.keep","result":{"ret":${number}}}`,
      );
    }
  });

  test.each([
    '9223372036854775808',
    '"9223372036854775808"',
    '1e400',
    '1.5',
    '"1.0"',
    '"0x1"',
    '""',
    'true',
    'null',
  ])('of %s is refused', async (number) => {
    const call = await startCaller();
    expect(await call('keep', `{"number":${number}}`)).toMatch(
      /"code":107,"message":"the arguments do not fit the function: args\.number: expected a whole number of 64 bits or a string of its digits, got [^"]+"/,
    );
  });

  test.each([
    ['string', '"9223372036854775807"'],
    ['number', '9223372036854775807'],
  ] as const)('of a servant in the settings with long: %s', async (long, ret) => {
    const { file, object } = await startEcho();
    const dir = await makeTempDir();
    const settings = {
      dataDir: join(dir, 'data'),
      tars: { servants: { echo: { object, file, interface: 'Echo', long } } },
      rooms: { '*': { rpc: ['echo.*'] } },
    };
    await writeFile(join(dir, 'settings.json'), JSON.stringify(settings));
    const { connect } = await startProcess(['--config', join(dir, 'settings.json')]);
    const client = await connect();
    const frame = 'rpc|{"roomNum":"a","method":"echo.keep","args":{"number":9223372036854775807}}';
    expect(await client.ask(frame)).toBe(`rpc|{"method":"echo.keep","result":{"ret":${ret}}}`);
  });
});

describe('NaN and the infinite numbers', () => {
  test.each([
    ['nan', '"NaN"'],
    ['infinity', '"Infinity"'],
    ['minus', '"-Infinity"'],
  ])('%s is the string %s in a result and in an argument', async (name, text) => {
    const call = await startCaller();
    expect(await call('special', `{"name":"${name}"}`)).toContain(`"result":{"ret":${text}}`);
    expect(await call('mirror', `{"all":{"d":${text},"f":${text}}}`)).toContain(`"f":${text},"d":${text}`);
  });
});

describe('an argument', () => {
  test('may have every type, and comes back as it was', async () => {
    const call = await startCaller();
    const all =
      '{"flag":true,"b":-128,"s":-32768,"i":2147483647,"l":"9007199254740993","ub":255,"us":65535,"ui":4294967295,' +
      '"f":0.5,"d":1.5e+300,"text":"☃","bytes":"aGk=","mood":5,"inner":{"x":1,"y":"9007199254740993"},"list":[1,2],' +
      '"names":{"a":1,"__proto__":2},"numbers":{"-7":"x"},"pairs":[[{"x":1,"y":2},3]],"longs":["-9223372036854775808",1],' +
      '"byLong":{"9223372036854775807":true},"flags":{"false":0},"byDouble":{"NaN":1,"0.5":2},' +
      '"tree":{"kids":[{"kids":[]}]},"__proto__":"data"}';
    expect(await call('mirror', `{"all":${all}}`)).toBe(
      `rpc|{"method":"echo.mirror","result":{"ret":${all}}}`,
    );
  });

  test('that is a whole number may be written with an exponent or zeros', async () => {
    const call = await startCaller();
    const answer = await call(
      'mirror',
      '{"all":{"i":1E2,"s":3.0,"l":1e18,"list":[-0],"numbers":{"1e1":"ten"}}}',
    );
    expect(answer).toMatch(/"s":3,"i":100,"l":"1000000000000000000".*"list":\[0\].*"numbers":\{"10":"ten"\}/);
  });

  test.each([
    ['{"flag":"true"}', '.flag: expected a boolean, got a string'],
    ['{"flag":1}', '.flag: expected a boolean, got 1'],
    ['{"flag":null}', '.flag: expected a boolean, got null'],
    ['{"b":128}', '.b: expected a whole number from -128 to 127, got 128'],
    ['{"i":1.5}', '.i: expected a whole number from -2147483648 to 2147483647, got 1.5'],
    ['{"i":"1"}', '.i: expected a whole number from -2147483648 to 2147483647, got a string'],
    [
      '{"i":9007199254740993}',
      '.i: expected a whole number from -2147483648 to 2147483647, got 9007199254740993',
    ],
    ['{"ub":-1}', '.ub: expected a whole number from 0 to 255, got -1'],
    ['{"ui":true}', '.ui: expected a whole number from 0 to 4294967295, got true'],
    ['{"f":1e39}', '.f: expected a number of 32 bits, got 1e+39'],
    ['{"f":1e400}', '.f: expected a number of 32 bits, got 1e400'],
    ['{"d":1e400}', '.d: expected a number of 64 bits, got 1e400'],
    ['{"d":"1"}', '.d: expected a number, got a string'],
    ['{"d":[]}', '.d: expected a number, got an array'],
    ['{"text":1e400}', '.text: expected a string, got 1e400'],
    ['{"text":["a"]}', '.text: expected a string, got an array'],
    ['{"bytes":"no base64!"}', '.bytes: expected a base64 text, got a string that is none'],
    ['{"bytes":"aGk"}', '.bytes: expected a base64 text, got a string that is none'],
    ['{"bytes":"aGl="}', '.bytes: expected a base64 text, got a string that is none'],
    ['{"bytes":[104]}', '.bytes: expected a base64 text, got an array'],
    ['{"mood":"wild"}', '.mood: expected a whole number from -2147483648 to 2147483647, got a string'],
    ['{"mood":0.5}', '.mood: expected a whole number from -2147483648 to 2147483647, got 0.5'],
    ['{"inner":[]}', '.inner: expected an object, got an array'],
    ['{"inner":1e400}', '.inner: expected an object, got 1e400'],
    ['{"inner":{}}', '.inner.x: expected a whole number from -2147483648 to 2147483647, got nothing'],
    ['{"list":{"0":1}}', '.list: expected an array, got an object'],
    ['{"list":[1,"2"]}', '.list[1]: expected a whole number from -2147483648 to 2147483647, got a string'],
    ['{"names":[]}', '.names: expected an object, got an array'],
    ['{"names":[["a",1]]}', '.names: expected an object, got an array'],
    ['{"names":"a"}', '.names: expected an object, got a string'],
    [
      '{"numbers":{"":"x"}}',
      '.numbers[entry 0]: expected a whole number from -2147483648 to 2147483647, got a string',
    ],
    [
      '{"numbers":{"0x1":"x"}}',
      '.numbers[entry 0]: expected a whole number from -2147483648 to 2147483647, got a string',
    ],
    [
      '{"numbers":{"01":"x"}}',
      '.numbers[entry 0]: expected a whole number from -2147483648 to 2147483647, got a string',
    ],
    ['{"numbers":{"1":"x","1.0":"y"}}', '.numbers: expected each key once, got one key in two forms'],
    ['{"flags":{"yes":1}}', '.flags[entry 0]: expected a boolean, got a string'],
    [
      '{"byLong":{"1.5":true}}',
      '.byLong[entry 0]: expected a whole number of 64 bits or a string of its digits, got a string',
    ],
    ['{"pairs":{}}', '.pairs: expected a list of pairs [key, value], got an object'],
    ['{"pairs":[[{"x":1}]]}', '.pairs: expected a list of pairs [key, value], got an item that is no pair'],
    ['{"tree":{"kids":[7]}}', '.tree.kids[0]: expected an object, got 7'],
  ])('of %s is refused in the words of JSON', async (all, problem) => {
    const call = await startCaller();
    const answer = JSON.parse((await call('mirror', `{"all":${all}}`)).slice('rpc|'.length)) as object;
    const message = `the arguments do not fit the function: args.all${problem}`;
    expect(answer).toEqual({ method: 'echo.mirror', error: { code: 107, message } });
  });

  test('that is missing is told in the words of JSON', async () => {
    const call = await startCaller();
    expect(await call('keep', '{}')).toContain(
      '107,"message":"the arguments do not fit the function: args.number: ' +
        'expected a whole number of 64 bits or a string of its digits, got nothing"',
    );
    expect(await call('mirror', '{}')).toContain('args.all: expected an object, got nothing"');
    expect(await call('special', '{}')).toContain('args.name: expected a string, got nothing"');
  });

  test.each(['[', '{"kids":['])('that is nested without end is refused: %s', async (open) => {
    const call = await startCaller();
    const close = open === '[' ? ']' : ']}';
    const deep = open.repeat(20_000) + close.repeat(20_000);
    expect(await call('mirror', `{"all":{"tree":${deep}}}`)).toMatch(/"code":107/);
  });
});
