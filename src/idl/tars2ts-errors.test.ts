/** All errors in .tars files are reported at once, with their places, and nothing is written. */

import { mkdtemp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runTars2ts, type Tars2tsOptions } from '../cli/tars2ts.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tars2ts-errors-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

let runs = 0;

/** Compiles the first of the files and returns its errors as `file:line:column: message`, without source lines. */
async function errorsOf(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: Partial<Tars2tsOptions> = {},
): Promise<{ errors: string[]; stderr: string }> {
  const dir = join(root, String(++runs));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text);
  }
  const out = join(dir, 'out');
  const [first] = Object.keys(files);
  const { exitCode, stderr, written } = await runTars2ts({ files: [join(dir, first!)], out, ...options });
  const errors = [...stderr.matchAll(/^(\S+?): error: (.*)$/gm)].map(
    ([, place, message]) => `${place!.replace(`${dir}/`, '')}: ${message}`,
  );
  expect(exitCode).toBe(errors.length === 0 ? 0 : 1);
  if (exitCode === 1) {
    expect(written).toEqual([]);
    expect(await readdir(dir)).not.toContain('out');
  }
  return { errors, stderr };
}

/** The errors in the body of a module, which starts on line 2. */
async function errorsOfBody(body: string, options: Partial<Tars2tsOptions> = {}): Promise<string[]> {
  const { errors } = await errorsOf({ 'a.tars': `module M {\n${body}\n};` }, options);
  return errors.map((error) => error.replace('a.tars:', ''));
}

test('an error shows its line, with a caret below what is meant', async () => {
  const { stderr } = await errorsOf({
    'a.tars': 'module M\n{\n\tstruct S { /* 世界 */ 0 require Missing a; };\n};\n',
  });
  expect(stderr.replace(/^.*a\.tars/, 'a.tars')).toBe(
    [
      "a.tars:3:32: error: type 'Missing' is not defined",
      '    \tstruct S { /* 世界 */ 0 require Missing a; };',
      '    \t                                ^~~~~~~',
      '',
      '1 error.',
      'Nothing was written.',
      '',
    ].join('\n'),
  );
});

describe('what is not in the language', () => {
  test.each([
    ['struct S { 0 require int a }; ', "2:27: ';' is missing after member a"],
    ['struct S { 0 require int a; }', "2:30: ';' is missing after struct S"],
    ['enum E { A }', "2:13: ';' is missing after enum E"],
    ['const int X = 1', "2:16: ';' is missing after const X"],
    ['interface I { void f() }; ', "2:23: ';' is missing after function f"],
    ['interface I { void f(); }', "2:26: ';' is missing after interface I"],
    [
      'struct S { 0 require unsigned long a; };',
      "2:31: 'unsigned long' is not supported: nothing wider than long travels",
    ],
    ['struct S { 0 require int a[8]; };', '2:27: arrays of a fixed length are not supported: use vector<T>'],
    [
      'struct S { 0 require string:8 a; };',
      '2:28: arrays of a fixed length are not supported: use vector<T>',
    ],
    ['struct S { 0 require byte *a; };', '2:27: pointers are not supported: use vector<byte>'],
    ['struct S { 0 require void a; };', "2:22: 'void' is no type of a value"],
    ['struct S { 0 int a; };', "2:14: expected 'require' or 'optional' after tag 0, found the keyword 'int'"],
    [
      'struct S { require int a; };',
      "2:12: expected a member (a tag, require or optional, a type and a name), found the keyword 'require'",
    ],
    ['struct map { 0 require int a; };', "2:8: 'map' is a keyword and cannot be the name of a struct"],
    ['struct S { 0 require int out; };', "2:26: 'out' is a keyword and cannot be the name of a member"],
    ['enum E { A B };', "2:12: expected ',' or '}' after A, found 'B'"],
    ['module N { };', "2:1: modules do not nest, or a '}' is missing above"],
    ['class S { };', "2:1: expected enum, const, struct, key or interface, found 'class'"],
    ['interface I { void f(int); };', "2:25: expected the name of a parameter, found ')'"],
  ])('%s', async (body, error) => {
    expect(await errorsOfBody(body)).toEqual([error]);
  });

  test('a missing } is told where it belongs, and what follows is still checked', async () => {
    expect(await errorsOfBody('struct S { 0 require int a;\nstruct T { 0 require Nope n; };')).toEqual([
      "2:28: '}' is missing at the end of struct S",
      "3:22: type 'Nope' is not defined",
    ]);
  });

  test('definitions outside of a module', async () => {
    const { errors } = await errorsOf({ 'a.tars': 'struct S { 0 require int a; };' });
    expect(errors).toEqual(["a.tars:1:1: 'struct' must stand in a module"]);
  });

  test('nesting without end', async () => {
    const type = `${'vector<'.repeat(5000)}int${'>'.repeat(5000)}`;
    const errors = await errorsOfBody(`struct S { 0 require ${type} a; };`);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('a type nested deeper than 32');
  });
});

describe('what does not fit together', () => {
  test.each([
    ['struct S { };', '2:8: struct S has no members: it needs at least one'],
    ['enum E { };', '2:6: enum E has no members'],
    ['struct S { 256 require int a; };', '2:12: tag 256 is out of range: tags are 0 to 255'],
    ['struct S { -1 require int a; };', '2:12: tag -1 is out of range: tags are 0 to 255'],
    ['struct S { 0 require int a; 0 require int b; };', '2:29: tag 0 is taken by member a'],
    ['struct S { 0 require int a; 1 require int a; };', "2:43: member 'a' is there twice: first on line 2"],
    ['struct S { 0 require S s; };', '2:22: struct S cannot hold itself; a vector of it can be a member'],
    [
      'struct S { 0 require int a; };\nstruct S { 0 require int a; };',
      "3:8: 'M::S' is already defined, as struct on line 2",
    ],
    ['enum S { A };\nstruct S { 0 require int a; };', "3:8: 'M::S' is already defined, as enum on line 2"],
    [
      'struct S { 0 require T t; };\nstruct T { 0 require int a; };',
      "2:22: type 'T' is not defined before line 3: a type is defined above its use",
    ],
    ['struct S { 0 require N::T t; };', "2:22: type 'N::T' is not defined"],
    ['enum E { A, A };', "2:13: enum member 'A' is there twice: first on line 2"],
    ['enum E { A = 2147483648 };', '2:14: 2147483648 does not fit an int, which enum members are'],
    ['enum E { A = 2147483647, B };', '2:26: 2147483648 does not fit an int, which enum members are'],
    ['enum E { A = B, B };', "2:14: 'B' is no enum member that is defined above"],
    ['interface M { void f(); };', '2:11: interface M has the name of its module, which it must not'],
    ['interface I { void f(); int f(int a); };', "2:29: function 'f' is there twice: first on line 2"],
    ['interface I { void f(int a, out int a); };', "2:37: parameter 'a' is there twice: first on line 2"],
    ['interface I { void f(int f); };', "2:26: parameter 'f' has the name of its function"],
    ['interface I { void tars_ping(); };', "2:20: 'tars_ping' is the platform's own function"],
    ['interface I { void f(routekey int a, routekey int b); };', '2:51: a function has one routekey at most'],
    ['interface I { void f(routekey vector<int> a); };', '2:31: a routekey is of a base type or an enum'],
    ['interface I { Nope f(); };', "2:15: type 'Nope' is not defined"],
    ['struct S { 0 require int a; };\nkey[S, b];', "3:8: 'b' is no member of struct S"],
    ['struct S { 0 require int a; };\nkey[S, a, a];', "3:11: key member 'a' is there twice: first on line 3"],
    ['struct S { 0 require int a; };\nkey[S, a];\nkey[S, a];', "4:5: the key of 'S' is already defined"],
    ['enum E { A };\nkey[E, A];', "3:5: 'E' is no struct: only structs have keys"],
    ['key[S, a];', "2:5: type 'S' is not defined"],
  ])('%s', async (body, error) => {
    expect(await errorsOfBody(body)).toEqual([error]);
  });

  test('more parameters than there are tags', async () => {
    const parameters = Array.from({ length: 256 }, (_, index) => `int a${index}`).join(',');
    const [error, ...others] = await errorsOfBody(`interface I { void f(${parameters}); };`);
    expect(error).toContain('function f has more than 255 parameters');
    expect(others).toEqual([]);
  });

  test('names that start with tars, unless they may', async () => {
    const body = 'struct tarsS { 0 require int tarsA; };';
    expect(await errorsOfBody(body)).toEqual([
      "2:8: 'tarsS' starts with 'tars', which the platform keeps for itself (--with-tars allows it)",
      "2:30: 'tarsA' starts with 'tars', which the platform keeps for itself (--with-tars allows it)",
    ]);
    expect(await errorsOfBody(body, { withTars: true })).toEqual([]);
  });
});

describe('values', () => {
  test.each([
    ['bool', '1', 'expected true or false as the value of a bool, found a whole number'],
    ['string', '1', 'expected a "string" as the value of a string, found a whole number'],
    ['int', '"1"', 'expected a whole number as the value of a whole number, found a string'],
    ['int', '1.5', 'expected a whole number as the value of a whole number, found a number with a fraction'],
    ['int', '2147483648', '2147483648 does not fit an int: it holds -2147483648 to 2147483647'],
    ['byte', '128', '128 does not fit a byte: it holds -128 to 127'],
    ['unsigned byte', '-1', '-1 does not fit an unsigned byte: it holds 0 to 255'],
    ['float', '1e39', '1e+39 does not fit a float'],
    ['double', 'true', 'expected a number as the value of a double, found true or false'],
    ['int', 'Nope', "'Nope' is no enum member that is defined above"],
    ['E', '"A"', 'expected a member of enum E as the value of an E, found a string'],
    ['E', '7', 'no member of enum E is 7'],
    ['E', 'Nope', "'Nope' is no member of enum E"],
    ['vector<int>', '1', 'only base types and enums can have a value written here'],
    [
      'long',
      '9007199254740992',
      '9007199254740992 is past what a number can tell apart: use --long bigint or --long string',
    ],
  ])('of %s: %s is refused', async (type, value, message) => {
    const column = `struct S { 0 optional ${type} a = `.length + 1;
    const errors = await errorsOfBody(`enum E { A };\nstruct S { 0 optional ${type} a = ${value}; };`);
    expect(errors).toEqual([`3:${column}: ${message}`]);
  });

  test.each(['bigint', 'string'] as const)('a long as %s takes all of 64 bits', async (long) => {
    const body = 'const long A = 9223372036854775807; struct S { 0 optional long a = -0x8000000000000000; };';
    expect(await errorsOfBody(body, { long })).toEqual([]);
  });
});

describe('includes', () => {
  const struct = 'module B { struct S { 0 require int a; }; };';

  test('bring what a file needs, through others too', async () => {
    const { errors } = await errorsOf({
      'a.tars': '#include "sub/b.tars"\nmodule A { struct T { 0 require B::S s; 1 require C::U u; }; };',
      'sub/b.tars': `#include "../c.tars"\n#include "../c.tars"\n${struct}`,
      'c.tars': 'module C { struct U { 0 require int a; }; };',
    });
    expect(errors).toEqual([]);
  });

  test('that are missing are reported, and what they may have brought is not', async () => {
    const { errors } = await errorsOf({
      'a.tars': '#include "b.tars"\nmodule A { struct T { 0 require B::S s; 0 require int b; }; };',
    });
    expect(errors).toEqual([
      'a.tars:1:10: cannot be read: ENOENT: there is no "b.tars" beside this file, or below the working directory',
      'a.tars:2:41: tag 0 is taken by member s',
    ]);
  });

  test('in a circle are refused where it closes', async () => {
    const { errors } = await errorsOf({
      'a.tars': '#include "b.tars"\nmodule A { struct T { 0 require int a; }; };',
      'b.tars': '#include "c.tars"\nmodule B { struct T { 0 require int a; }; };',
      'c.tars': '#include "a.tars"\nmodule C { struct T { 0 require A::T a; }; };',
    });
    expect(errors).toEqual([
      'c.tars:1:10: the files include each other in a circle: a.tars → b.tars → c.tars → a.tars',
    ]);
  });

  test('of the file itself are refused', async () => {
    const { errors } = await errorsOf({ 'a.tars': '#include "a.tars"' });
    expect(errors).toEqual(['a.tars:1:10: the file includes itself']);
  });

  test('that define one name twice are refused', async () => {
    const { errors } = await errorsOf({
      'a.tars': '#include "b.tars"\n#include "c.tars"\nmodule B { struct S { 0 require int a; }; };',
      'b.tars': struct,
      'c.tars': struct,
    });
    expect(errors.map((error) => error.replaceAll(/\S*\/(?=\w\.tars)/g, ''))).toEqual([
      "a.tars:2:10: 'B::S' is defined in b.tars and in c.tars",
      "a.tars:3:19: 'B::S' is already defined, as struct in b.tars",
    ]);
  });

  test('of another module are named in full', async () => {
    const { errors } = await errorsOf({
      'a.tars': '#include "b.tars"\nmodule A { struct T { 0 require S s; }; };',
      'b.tars': struct,
    });
    expect(errors).toEqual(["a.tars:2:33: type 'S' is not defined: there is B::S"]);
  });
});

test('the errors of all files are reported at once', async () => {
  const { errors, stderr } = await errorsOf({
    'a.tars': '#include "b.tars"\nmodule A { struct T { 0 require int a } };',
    'b.tars': 'module B { struct S { 999 require Nope a; 0 require int b; 0 require int c; }; };\n§',
  });
  expect(errors).toEqual([
    "a.tars:2:38: ';' is missing after member a",
    "a.tars:2:40: ';' is missing after struct T",
    'b.tars:1:23: tag 999 is out of range: tags are 0 to 255',
    "b.tars:1:35: type 'Nope' is not defined",
    'b.tars:1:60: tag 0 is taken by member b',
    'b.tars:2:1: "§" is not part of the language',
  ]);
  expect(stderr).toMatch(/\n6 errors\.\nNothing was written\.\n$/);
});

test('a definition that was skipped as wrong is not reported as missing elsewhere', async () => {
  const errors = await errorsOfBody(
    [
      'enum E { A = , B };',
      'struct S { 0 require int; };',
      'struct { 0 require int a; };',
      'key[S, a];',
      'struct T { 0 require Nameless s; 1 optional E e = A; };',
    ].join('\n'),
  );
  expect(errors).toEqual([
    "2:14: expected a value, found ','",
    "3:25: expected the name of a member, found ';'",
    "4:8: expected the name of a struct, found '{'",
  ]);
});

test('an include is told by the path as it is written, with the places that were looked at', async () => {
  const { errors } = await errorsOf(
    { 'a.tars': '#include "shared/b.tars"\n#include "/none/c.tars"\n#include "d"\nmodule M { };', 'd/x': '' },
    { include: ['idl', '../more'] },
  );
  expect(errors).toEqual([
    'a.tars:1:10: cannot be read: ENOENT: there is no "shared/b.tars" beside this file, in idl, in ../more, or below the working directory',
    'a.tars:2:10: cannot be read: ENOENT: there is no "/none/c.tars"',
    'a.tars:3:10: cannot be read: it is a directory',
  ]);
});

describe('an object', () => {
  const two = 'module M { interface A { void f(); }; interface B { void f(); }; };';
  test.each([
    ['module M { };', ['A.B.C'], 'A.B.C: INTERFACE=NAME should name one interface of the files: none'],
    [two, ['A.B.C'], 'A.B.C: INTERFACE=NAME should name one interface of the files: M.A, M.B'],
    [two, ['C=A.B.C'], 'C=A.B.C: INTERFACE=NAME should name one interface of the files: M.A, M.B'],
    [two, ['A=Obj'], 'A=Obj: an object is named App.Server.Obj, not "Obj"'],
    [two, ['A=A.B.C@tcp -h h -p 1'], 'A=A.B.C@tcp -h h -p 1: an object is named without its endpoints here'],
    [two, ['A=A.B.C', 'M.A=A.B.D'], 'M.A=A.B.D: M.A has an object already'],
  ])('of %s by %j is refused', async (text, object, message) => {
    const { stderr } = await runTars2ts({
      files: [await write('object.tars', text)],
      out: join(root, 'out'),
      object,
    });
    expect(stderr).toBe(`--object ${message.replace(': ', ': error: ')}\n\n1 error.\nNothing was written.\n`);
  });

  async function write(name: string, text: string): Promise<string> {
    await writeFile(join(root, name), text);
    return join(root, name);
  }
});

test('a file that cannot be read is told', async () => {
  const { exitCode, stderr } = await runTars2ts({ files: [join(root, 'none.tars')], out: join(root, 'out') });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/none\.tars: error: cannot be read: ENOENT/);
});

test('thousands of errors are reported in part', async () => {
  const { stderr } = await errorsOf({ 'a.tars': 'x;\n'.repeat(5000) });
  expect(stderr.split('\n').length).toBeLessThan(500);
  expect(stderr).toMatch(/… and 4900 more\.\n\n5000 errors\./);
});

test('files in GB 18030, as many are, keep their comments', async () => {
  const bytes = Buffer.concat([
    Buffer.from('module M {\n//'),
    Buffer.from([0xc4, 0xe3, 0xba, 0xc3]),
    Buffer.from('\nstruct S { 0 require int a; };\n};'),
  ]);
  expect((await errorsOf({ 'a.tars': bytes })).errors).toEqual([]);
});
