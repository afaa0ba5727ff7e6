/** The cost of strict durability, where a join is answered when it is on disk. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { statecast } from '../contender.ts';
import { costFigures, MACHINE_FIGURES, toCosts, toMillis } from '../figures.ts';
import { measure } from '../measure.ts';
import type { Sample } from '../results/results.ts';
import { timed, type Scenario, type Setup } from '../scenario.ts';

const RELAXED = 'relaxed';

export const durability: Scenario = {
  name: 'durability',
  title:
    '64 clients join and leave 8 rooms of the store on disk, one after the other: strict against relaxed',
  rounds: 3,
  figures: [
    ...costFigures('pair'),
    { key: 'p50', title: 'join p50', unit: 'millis', better: 'less' },
    { key: 'p99', title: 'p99', unit: 'millis' },
    { key: 'p999', title: 'p99.9', unit: 'millis' },
    ...MACHINE_FIGURES,
  ],
  variants: (setup) =>
    [RELAXED, 'strict'].map((durability) => ({
      name: durability,
      isOurs: true,
      comparedTo: RELAXED,
      measure: () => measureOnDisk(durability, setup),
    })),
};

function measureOnDisk(durability: string, setup: Setup): Promise<Sample> {
  return withTempDirectory(async (dataDir) => {
    const contender = statecast(setup.dist, durability, {
      STATECAST_STORE: 'lowdb',
      STATECAST_DATA_DIR: dataDir,
      STATECAST_MEMBERSHIP_DURABILITY: durability,
    });
    const load = { clients: 64, rooms: 8, residentsPerRoom: 1, window: 1 };
    const measured = await measure(contender, 'churn', (target) => ({ ...timed(load, setup), target }));
    const { joinLatency } = measured.result;
    return { ...toCosts(measured, 'pair'), ...(joinLatency && toMillis(joinLatency)) };
  });
}

/** Gives `use` a directory that is removed afterwards, or with this process when it is interrupted. */
async function withTempDirectory<Result>(use: (path: string) => Promise<Result>): Promise<Result> {
  const path = mkdtempSync(join(tmpdir(), 'statecast-bench-'));
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    return await use(path);
  } finally {
    process.off('exit', remove);
    remove();
  }
}
