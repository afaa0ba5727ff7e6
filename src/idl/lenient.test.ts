/** What older compilers let go: an error, or with `lenient` a warning each. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runTars2ts, type Tars2tsResult } from '../cli/tars2ts.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tars2ts-lenient-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function compile(text: string, lenient: boolean): Promise<Tars2tsResult & { module: string }> {
  const file = join(dir, 'a.tars');
  await writeFile(file, text);
  const result = await runTars2ts({ files: [file], out: join(dir, 'out'), lenient });
  const [path] = result.written;
  return { ...result, module: path === undefined ? '' : await readFile(path, 'utf8') };
}

function placesOf(stderr: string, severity: string): string[] {
  const line = new RegExp(`a\\.tars:(\\d+:\\d+): ${severity}: (.*)$`, 'gm');
  return [...stderr.matchAll(line)].map(([, place, message]) => `${place}: ${message}`);
}

const OLD_FILE = `module M
{
    enum E { A, B }
    const int X = 1
    struct S
    {
        0 require int numbers[8];
        1 require byte[16] hash;
        2 optional string:32 name
        3 optional vector<string> names:4;
        4 require E plain;
    }
    key[S, name]
    interface I
    {
        int f(int a[2], out S s)
    }
}
`;
const ARRAY = 'an array of a fixed length is read as a vector: its length is not checked';
const WARNINGS = [
  "3:20: ';' is missing after enum E",
  "4:20: ';' is missing after const X",
  `7:30: ${ARRAY}`,
  `8:23: ${ARRAY}`,
  '9:26: its length is not checked',
  "9:34: ';' is missing after member name",
  '10:40: its length is not checked',
  "12:6: ';' is missing after struct S",
  "13:17: ';' is missing after key S",
  `16:20: ${ARRAY}`,
  "16:33: ';' is missing after function f",
  "17:6: ';' is missing after interface I",
  "18:2: ';' is missing after module M",
];

test('a file of an older compiler is compiled with a warning for each', async () => {
  const { exitCode, stderr, module } = await compile(OLD_FILE, true);
  expect(placesOf(stderr, 'warning')).toEqual(WARNINGS);
  expect(placesOf(stderr, 'error')).toEqual([]);
  expect(stderr).toMatch(/\n13 warnings\.\n$/);
  expect(exitCode).toBe(0);
  for (const line of [
    'numbers: required(0, t.vector(t.int)),',
    'hash: required(1, t.bytes),',
    'name: optional(2, t.string),',
    'names: optional(3, t.vector(t.string)),',
    '{ a: required(1, t.vector(t.int)) },',
  ]) {
    expect(module).toContain(line);
  }
});

test('it is refused without that, at the same places', async () => {
  const { exitCode, stderr, written } = await compile(OLD_FILE, false);
  expect({ exitCode, written }).toEqual({ exitCode: 1, written: [] });
  const places = placesOf(stderr, 'error').map((error) => error.split(': ')[0]);
  expect(places).toEqual(expect.arrayContaining(['3:20', '4:20', '7:30', '8:23', '9:26', '18:2']));
  expect(stderr).not.toContain('warning');
});

test.each([
  ['struct S { 0 require int a[0]; };', "1:39: expected a length above 0, found '0'"],
  ['struct S { 0 require int a[]; };', "1:39: expected a length above 0, found ']'"],
  ['struct S { 0 require int a[2; };', "1:40: expected ']' after the length, found ';'"],
  ['struct S { 0 require int:4 a; };', "1:36: only a string or a vector has a length after ':'"],
  ['struct S { 0 require int* a; };', '1:36: pointers are not supported: use vector<byte>'],
])('what is wrong stays wrong: %s', async (body, message) => {
  const { exitCode, stderr } = await compile(`module M { ${body} };`, true);
  expect(exitCode).toBe(1);
  expect(placesOf(stderr, 'error')).toEqual([message]);
});
