/**
 * Nodes and what may happen to them (faults.ts), several faults at a time, each with a Redis of its own. With `CI` only
 * some of them are run, another choice each time. `npm run faults` runs all of them again and again.
 */

import { expect, test } from 'vitest';
import { describeWithRedisProgram } from '../../support/redis.ts';
import { chooseAny } from './fault-round.ts';
import { FAULTS } from './faults.ts';

const ROUNDS = Number(process.env['FAULT_ROUNDS'] ?? 1);
const AT_A_TIME = Number(process.env['FAULTS_AT_A_TIME'] ?? 5);
const MOST_IN_CI = 5;

const names = chooseFaults();

describeWithRedisProgram('nodes and workers', () => {
  const groups = Array.from({ length: Math.ceil(names.length / AT_A_TIME) }, (_, index) =>
    names.slice(index * AT_A_TIME, (index + 1) * AT_A_TIME),
  );
  test.each(groups.map((group) => [group.join('; '), group] as const))(
    'hold: %s',
    { timeout: 120_000 * ROUNDS },
    async (_, group) => {
      const runAll = async (name: string): Promise<readonly object[]> => {
        const found: object[] = [];
        for (let round = 0; round < ROUNDS; round += 1) {
          const choice = chooseAny();
          const wrong = await FAULTS[name]!(choice);
          console.log(
            `${name}, with ${JSON.stringify(choice)}: ${wrong.length === 0 ? 'holds' : wrong.join('; ')}`,
          );
          if (wrong.length > 0) found.push({ name, round, choice, wrong });
        }
        return found;
      };
      expect((await Promise.all(group.map(runAll))).flat()).toEqual([]);
    },
  );
});

function chooseFaults(): string[] {
  const { FAULT: word, CI: isInCi, FAULT_ROUNDS: rounds } = process.env;
  const all = Object.keys(FAULTS).filter((name) => word === undefined || name.includes(word));
  if (isInCi === undefined || rounds !== undefined) return all;
  return all.toSorted(() => Math.random() - 0.5).slice(0, MOST_IN_CI);
}
