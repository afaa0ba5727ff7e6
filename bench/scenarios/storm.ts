/** A reconnect storm, as after a failure of the network: the time until all are connected again. */

import { besideOthers, statecast } from '../contender.ts';
import { costFigures, MACHINE_FIGURES, toCosts } from '../figures.ts';
import { measure } from '../measure.ts';
import { compare, type Scenario } from '../scenario.ts';

export const storm: Scenario = {
  name: 'storm',
  title: '5,000 members lose their connections at once, connect again and join their rooms of 100',
  rounds: 3,
  figures: [
    { key: 'back', title: 'all back after', unit: 'millis', better: 'less' },
    ...costFigures('reconnect'),
    ...MACHINE_FIGURES,
  ],
  variants: (setup) =>
    compare(besideOthers(statecast(setup.dist)), async (contender) => {
      const measured = await measure(contender, 'storm', (target) => ({ target, clients: 5_000, rooms: 50 }));
      return { ...toCosts(measured, 'reconnect'), back: measured.result.seconds * 1_000 };
    }),
};
