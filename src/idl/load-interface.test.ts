import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createProxy } from '../tars/calls/proxy.ts';
import { HelloMethods } from '../tars/servants/hello.ts';
import { InterfaceError, loadInterface } from './load-interface.ts';
import { toMethods } from './to-methods.ts';

const HELLO = fileURLToPath(new URL('../../tars/hello.tars', import.meta.url));

async function writeTars(text: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'statecast-idl-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const file = join(dir, 'test.tars');
  await writeFile(file, text);
  return file;
}

test('the functions of a file are those of the code generated from it, byte for byte', async () => {
  const methods = toMethods(await loadInterface(HELLO, 'Hello'));
  expect(Object.keys(methods)).toEqual(Object.keys(HelloMethods));
  const args = { visitor: { name: 'Eve', languages: ['fr', 'de'] } };
  const result = { ret: 3, counts: new Map([['a', 1]]) };
  expect(methods['greet']?.args.encode(args)).toEqual(HelloMethods.greet.args.encode(args));
  expect(methods['countWords']?.result.encode(result)).toEqual(HelloMethods.countWords.result.encode(result));
});

test('a struct may hold vectors of itself', async () => {
  const file = await writeTars(`module M {
    struct Node { 0 require string name; 1 optional vector<Node> children; 2 optional int weight = 7; };
    interface Tree { Node mirror(Node node); };
  };`);
  const { mirror } = toMethods(await loadInterface(file, 'M.Tree'));
  const node = { name: 'root', children: [{ name: 'leaf', children: [] }] };
  expect(mirror?.args.decode(mirror.args.encode({ node }))).toEqual({
    node: { name: 'root', weight: 7, children: [{ name: 'leaf', children: [], weight: 7 }] },
  });
});

test('a name __proto__ is a name like any other, and no prototype changes', async () => {
  const file = await writeTars(
    'module M { interface I { int __proto__(int a); int other(int __proto__); }; };',
  );
  const methods = toMethods(await loadInterface(file, 'I'));
  const sent: string[] = [];
  const proxy = createProxy(methods, {
    call: async ({ func, body }) => {
      sent.push(`${func} ${Buffer.from(body).toString('hex')}`);
      return Uint8Array.of(0x00, 0x07);
    },
  });
  expect(Object.keys(proxy)).toEqual(['__proto__', 'other']);
  expect(Object.getPrototypeOf(proxy)).toBe(Object.prototype);
  const call = Object.getOwnPropertyDescriptor(proxy, '__proto__')?.value as (
    args: object,
  ) => Promise<object>;
  expect(await call({ a: 5 })).toEqual({ ret: 7 });
  expect(await proxy['other']?.(Object.fromEntries([['__proto__', 6]]))).toEqual({ ret: 7 });
  expect(sent).toEqual(['__proto__ 1005', 'other 1006']);
});

test('an interface that is not there is reported with those that are', async () => {
  await expect(loadInterface(HELLO, 'Goodbye')).rejects.toThrow('it has: StatecastDemo.Hello');
  await expect(loadInterface(HELLO, 'Other.Hello')).rejects.toBeInstanceOf(InterfaceError);
});

test('a file that does not compile, or is not there, is reported as the compiler does', async () => {
  const file = await writeTars('module M {\n  struct S { 0 require strin a; };\n};');
  await expect(loadInterface(file, 'I')).rejects.toThrow(`${file}:2:`);
  await expect(loadInterface(`${file}.gone`, 'I')).rejects.toBeInstanceOf(InterfaceError);
});
