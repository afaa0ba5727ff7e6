/** Joins and leaves, again and again. */

import { besideOthers, statecast } from '../contender.ts';
import { costFigures, MACHINE_FIGURES, toCosts } from '../figures.ts';
import { measure } from '../measure.ts';
import { compare, timed, type Scenario } from '../scenario.ts';

export const churn: Scenario = {
  name: 'churn',
  title: '100 clients join and leave 20 rooms, each 8 times at once',
  rounds: 3,
  figures: [...costFigures('pair'), ...MACHINE_FIGURES],
  variants: (setup) =>
    compare(besideOthers(statecast(setup.dist)), async (contender, giveWay) => {
      const load = { clients: 100, rooms: 20, residentsPerRoom: 1, window: 8 };
      const measured = await measure(contender, 'churn', (target) => ({ ...timed(load, setup), target }), {
        resting: giveWay,
      });
      return toCosts(measured, 'pair');
    }),
};
