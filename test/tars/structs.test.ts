/** Compares generated codecs with the stubs of the reference generator: each struct of the platform, in both directions. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { check } from '../../src/idl/compile.ts';
import type { FieldModel, KeyModel, StructModel, Type } from '../../src/idl/check/model.ts';
import { optional, required, struct, t, type Field, type Fields, type TarsStruct } from '../../src/tars.ts';
import { arbitraryOf } from './arbitrary-values.ts';
import { generate, load } from './generated.ts';
import { PLATFORM_FILES, type PlatformFile } from './platform-files.ts';
import { ReferenceValues } from './reference-values.ts';

type Plain = Record<string, unknown>;
type Codecs = Readonly<Record<string, TarsStruct<object>>>;

const RUNS = { numRuns: 100 };

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tars-structs-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const cases = await Promise.all(PLATFORM_FILES.map(listStructs)).then((lists) => lists.flat());

describe.each(cases)('$name', ({ model, keys, file, reference }) => {
  let codec: TarsStruct<object>;
  beforeAll(async () => {
    const name = basename(file.tars, '.tars');
    const out = join(root, name);
    await generate([file.tars], out);
    const codecs = await load<Codecs>(out, `${name}.ts`);
    codec = codecs[model.name]!;
  });
  const values = arbitraryOf({ kind: 'struct', struct: model }, keys) as fc.Arbitrary<Plain>;

  test('a value that the reference has encoded is decoded to the same value', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(codec.decode(reference.encode(model, value))).toEqual(value);
      }),
      RUNS,
    );
  });

  test('the reference decodes an encoded value to the same value', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(reference.decode(model, codec.encode(value))).toEqual(value);
      }),
      RUNS,
    );
  });

  // The reference keeps maps in plain objects, which have another order.
  if (!model.fields.some(({ type }) => hasMap(type))) {
    test('the bytes are the same', () => {
      fc.assert(
        fc.property(values, (value) => {
          expect(toHex(codec.encode(value))).toBe(toHex(reference.encode(model, value)));
        }),
        RUNS,
      );
    });
  }

  test('optional members that are missing in the bytes get the defaults of the reference', () => {
    const present = model.fields.filter((field) => field.required);
    const partial = createCodec(present, codec);
    fc.assert(
      fc.property(values, (value) => {
        const bytes = partial.encode(value);
        expect(codec.decode(bytes)).toEqual(reference.decode(model, bytes));
      }),
      RUNS,
    );
  });

  test('optional members that are missing in the value are encoded like unset ones of the reference', () => {
    fc.assert(
      fc.property(values, (value) => {
        const left = Object.fromEntries(
          model.fields.filter((field) => field.required).map(({ name }) => [name, value[name]]),
        );
        const unset = reference.toReference({ kind: 'struct', struct: model }, value) as Plain;
        const fresh = new (reference.classOf(model))();
        for (const field of model.fields) if (!field.required) unset[field.name] = fresh[field.name];
        const decoded = reference.fromReference({ kind: 'struct', struct: model }, unset);
        expect(reference.decode(model, codec.encode(left))).toEqual(decoded);
      }),
      RUNS,
    );
  });

  test('members of a newer version are skipped', () => {
    const taken = new Set(model.fields.map(({ tag }) => tag));
    const free = [...Array(256).keys()].filter((tag) => !taken.has(tag));
    const unknown = fc.uniqueArray(fc.constantFrom(...free), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(values, unknown, (value, tags) => {
        const additions = Object.fromEntries(
          tags.map((tag, index) => [`unknown${tag}`, optional(tag, ADDED[index % ADDED.length]!.type)]),
        );
        const added = Object.fromEntries(
          tags.map((tag, index) => [`unknown${tag}`, ADDED[index % ADDED.length]!.value]),
        );
        const bytes = createCodec(model.fields, codec, additions).encode({ ...value, ...added });
        expect(codec.decode(bytes)).toEqual(value);
        expect(reference.decode(model, bytes)).toEqual(value);
      }),
      RUNS,
    );
  });
});

interface Case {
  readonly name: string;
  readonly model: StructModel;
  readonly keys: readonly KeyModel[];
  readonly file: PlatformFile;
  readonly reference: ReferenceValues;
}

async function listStructs(file: PlatformFile): Promise<Case[]> {
  const { files, diagnostics } = await check([file.tars], { long: 'number', withTars: true });
  expect(diagnostics).toEqual([]);
  const all = [...files.values()].flatMap(({ model }) => model.definitions);
  const own = [...files.values()].at(-1)!.model.definitions;
  const keys = all.filter((definition) => definition.kind === 'key');
  return own
    .filter((definition) => definition.kind === 'struct')
    .map((model) => ({
      name: `${basename(file.tars)} ${model.module}::${model.name}`,
      model,
      keys,
      file,
      reference: new ReferenceValues(file.stubs),
    }));
}

/** A codec for some members of a struct and for members that it does not have. */
function createCodec(
  members: readonly FieldModel[],
  whole: TarsStruct<object>,
  additions: Readonly<Record<string, Field<unknown>>> = {},
): TarsStruct<Plain> {
  const chosen = Object.fromEntries(
    members.map(({ name, tag }) => [name, required(tag, memberOf(whole, name))]),
  );
  return struct<Plain>('Test', { ...chosen, ...additions } as Fields<Plain>);
}

/** The type of one member: the codec of the whole struct, used for this member only. */
function memberOf(whole: TarsStruct<object>, name: string): Field<unknown>['type'] {
  return whole.fields[name]!.type;
}

const ADDED: readonly { type: Field<unknown>['type']; value: unknown }[] = [
  { type: t.long, value: Number.MAX_SAFE_INTEGER },
  { type: t.string, value: 'x'.repeat(300) },
  { type: t.double, value: Math.PI },
  { type: t.float, value: 0.5 },
  { type: t.bytes, value: Uint8Array.of(1, 2, 3) },
  { type: t.vector(t.map(t.int, t.string)), value: [new Map([[1, 'a']]), new Map()] },
  { type: t.map(t.string, t.vector(t.short)), value: new Map([['k', [1, -1, 300]]]) },
  {
    type: struct<{ a: number; b: string }>('Inner', { a: required(0, t.int), b: required(200, t.string) }),
    value: { a: 0, b: '' },
  },
];

function hasMap(type: Type): boolean {
  switch (type.kind) {
    case 'map':
      return true;
    case 'vector':
      return hasMap(type.item);
    case 'struct':
      return type.struct.fields.some((field) => hasMap(field.type));
    case 'base':
    case 'bytes':
    case 'enum':
      return false;
  }
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
