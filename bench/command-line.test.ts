import { expect, test } from 'vitest';
import { readCommandLine } from './command-line.ts';
import { pickScenarios, SCENARIOS } from './scenarios/all.ts';

test('without options everything is measured, and nothing is written', () => {
  expect(readCommandLine([])).toMatchObject({
    only: undefined,
    isQuick: false,
    dist: 'dist',
    json: undefined,
    compares: false,
    updatesBaseline: false,
    updatesDocs: false,
  });
  expect(pickScenarios(undefined)).toBe(SCENARIOS);
});

test('scenarios are picked by name, in the order given', () => {
  const { only } = readCommandLine(['--only', 'rooms,fanout', '--quick']);
  expect(pickScenarios(only).map(({ name }) => name)).toEqual(['rooms', 'fanout']);
  expect(() => pickScenarios(['room'])).toThrow(/no scenario room, only fanout, rooms/);
});

test.each([
  [['--rounds', '0'], '--rounds must be a whole number from 1 to 50, and is 0'],
  [['--rounds', 'many'], 'is many'],
  [['--fast'], '--fast'],
  [['--only'], '--only'],
])('%s is refused', (args, why) => {
  expect(() => readCommandLine(args)).toThrow(why);
});
