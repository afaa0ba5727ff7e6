/** Clients come back at once, after their rooms went on without them: how long until all have everything. */

import { historyFloor, statecastHistory } from '../contender.ts';
import { costFigures, MACHINE_FIGURES, toCosts } from '../figures.ts';
import { measure } from '../measure.ts';
import { compare, type Scenario } from '../scenario.ts';

const JOB = { clients: 5_000, rooms: 50, missed: 20, bytes: 64 };

export const recovery: Scenario = {
  name: 'recovery',
  title:
    'over the Centrifuge protocol: 5,000 members of rooms of 100 lose their connections, come back, and get the 20 messages that they have missed',
  rounds: 3,
  budget: 0.85,
  figures: [
    ...costFigures('reconnect'),
    { key: 'back', title: 'all recovered after', unit: 'millis', better: 'less' },
    ...MACHINE_FIGURES,
  ],
  variants: (setup) =>
    compare([historyFloor, statecastHistory(setup.dist)], async (contender) => {
      const measured = await measure(contender, 'recovery', (target) => ({ target, ...JOB }));
      return { ...toCosts(measured, 'reconnect'), back: measured.result.seconds * 1_000 };
    }),
};
