import { Centrifuge } from 'centrifuge';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../command.ts';
import { mendHalves } from '../json/well-formed.ts';
import { dataOfDelta } from './delta.ts';

/** The reader of deltas in the published SDK. It has no public name. */
const sdk = new Centrifuge('ws://127.0.0.1/') as unknown as {
  readonly _codec: {
    applyDeltaIfNeeded(
      pub: object,
      base: Uint8Array | undefined,
    ): { newData: Json; newPrevValue: Uint8Array };
  };
};

/** What the SDK makes of publications one after the other, as if they came in frames. */
function readWithSdk(all: readonly Json[]): { read: Json[]; patches: number } {
  const read: Json[] = [];
  let patches = 0;
  let base: Uint8Array | undefined;
  for (const [index, data] of all.entries()) {
    const before = all[index - 1];
    const delta = dataOfDelta(data, before === undefined ? undefined : { data: before });
    const pub = { data: JSON.parse(delta.data) as Json, delta: delta.isPatch };
    const { newData, newPrevValue } = sdk._codec.applyDeltaIfNeeded(pub, base);
    read.push(newData);
    base = newPrevValue;
    patches += delta.isPatch ? 1 : 0;
  }
  return { read, patches };
}

/** What arrives of data: half of a surrogate pair as U+FFFD. */
function arrived(all: readonly Json[]): Json[] {
  return all.map((data) => JSON.parse(mendHalves(JSON.stringify(data))) as Json);
}

// Characters of one to four bytes, many of which share their first bytes.
const words = fc.string({
  unit: fc.constantFrom('a', 'b', 'é', 'è', '中', '丮', '一', '🎈', '🎉', '"', '\\', '\n', '\ud800'),
  maxLength: 60,
});

/** Texts that grow and change in places, so that patches have copies and inserts. */
const related = fc
  .tuple(words, fc.array(fc.tuple(fc.nat(60), fc.nat(5), words), { minLength: 1, maxLength: 6 }))
  .map(([first, changes]) => {
    const all = [{ text: first.repeat(3), room: 'room1' }];
    for (const [at, cut, put] of changes) {
      const { text } = all.at(-1)!;
      all.push({ text: text.slice(0, at) + put + text.slice(at + cut), room: 'room1' });
    }
    return all;
  });

test('what the SDK reads from deltas is what was published', () => {
  fc.assert(
    fc.property(related, (all) => {
      expect(readWithSdk(all).read).toEqual(arrived(all));
    }),
    { numRuns: 1_000 },
  );
});

test('any JSON can follow any other', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { minLength: 1, maxLength: 5 }), (values) => {
      const all = values as Json[];
      expect(readWithSdk(all).read).toEqual(arrived(all));
    }),
    { numRuns: 500 },
  );
});

test('a small change of a long text is a patch, whatever its characters', () => {
  for (const text of ['plain text. ', '中文字。', 'déjà vu ', '🎈🎉']) {
    const long = text.repeat(40);
    const all = [{ text: long }, { text: `${long}丮` }, { text: `èa${long}一` }];
    expect(readWithSdk(all)).toEqual({ read: all, patches: 2 });
  }
});

test('a text too long to be searched is a patch of what is the same at its ends', () => {
  const [head, tail] = ['a'.repeat(10_000), 'z'.repeat(10_000)];
  const all = ['12', '21'].map((digits) => head + digits.repeat(20_000) + tail);
  const { data, isPatch } = dataOfDelta(all[1]!, { data: all[0]! });
  expect(isPatch).toBe(true);
  expect(data.length).toBeLessThan(45_000);
  expect(readWithSdk(all)).toEqual({ read: all, patches: 1 });
});

test('what has moved is copied', () => {
  const [one, two] = ['the first of two parts', 'and the other one of them'];
  const all = [`${one}, ${two}. ${'-'.repeat(20)}`, `${two}. ${'-'.repeat(20)}, ${one}`];
  const { data } = dataOfDelta(all[1]!, { data: all[0]! });
  expect(data.length).toBeLessThan(45);
  expect(readWithSdk(all)).toEqual({ read: all, patches: 1 });
});

test('a patch is cut between characters where bytes of both are the same', () => {
  const all = [{ text: `${'一'.repeat(30)}中` }, { text: `${'一'.repeat(30)}丮` }];
  expect(readWithSdk(all)).toEqual({ read: all, patches: 1 });
});

test('without a base, and where a patch would not be shorter, the whole text is sent', () => {
  expect(dataOfDelta({ a: 1 }, undefined)).toEqual({ data: String.raw`"{\"a\":1}"`, isPatch: false });
  expect(dataOfDelta({ a: 1 }, { data: { a: 2 } })).toEqual({
    data: String.raw`"{\"a\":1}"`,
    isPatch: false,
  });
});
