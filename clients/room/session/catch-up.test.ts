import { expect, test } from 'vitest';
import { createCatchUp } from './catch-up.ts';

function setUp() {
  const shown: string[] = [];
  const catchUp = createCatchUp<{ offset?: number }>(({ offset }, isOlder) =>
    shown.push(`${isOlder ? 'older' : 'live'} ${offset ?? '?'}`),
  );
  const release = (offsets: number[], isOtherStream = false): void =>
    catchUp.release(
      offsets.map((offset) => ({ offset })),
      isOtherStream,
      (count) => shown.push(`${count} new`),
    );
  return { shown, catchUp, release };
}

test('live publications wait until older ones are read', () => {
  const { shown, catchUp, release } = setUp();
  catchUp.hold();
  catchUp.hear({ offset: 3 });
  release([1, 2]);
  expect(shown).toEqual(['2 new', 'older 1', 'older 2', 'live 3']);
});

test('a publication that is among the older ones is shown once', () => {
  const { shown, catchUp, release } = setUp();
  catchUp.hold();
  catchUp.hear({ offset: 2 });
  catchUp.hear({ offset: 3 });
  release([1, 2]);
  expect(shown).toEqual(['2 new', 'older 1', 'older 2', 'live 3']);
});

test('what was seen before is not shown again', () => {
  const { shown, catchUp, release } = setUp();
  catchUp.hear({ offset: 5 });
  catchUp.hold();
  release([4, 5, 6]);
  expect(shown).toEqual(['live 5', '1 new', 'older 6']);
});

test('offsets of another stream begin anew', () => {
  const { shown, catchUp, release } = setUp();
  catchUp.hear({ offset: 5 });
  catchUp.hold();
  release([1, 2], true);
  catchUp.hear({ offset: 3 });
  expect(shown).toEqual(['live 5', '2 new', 'older 1', 'older 2', 'live 3']);
});

test('without numbers, all that waited is shown', () => {
  const { shown, catchUp, release } = setUp();
  catchUp.hold();
  catchUp.hear({});
  catchUp.hear({});
  release([]);
  expect(shown).toEqual(['0 new', 'live ?', 'live ?']);
});
