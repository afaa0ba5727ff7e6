/** HTTP pushes into a room, by autocannon. */

import { floor, statecast } from '../contender.ts';
import { costFigures, MACHINE_FIGURES, toCosts } from '../figures.ts';
import { measure } from '../measure.ts';
import { compare, timed, type Scenario } from '../scenario.ts';

export const push: Scenario = {
  name: 'push',
  title: 'GET /Index/pushByRoom into a room of one member, against a bare uWebSockets.js route',
  rounds: 3,
  budget: 0.8,
  figures: [...costFigures('push'), ...MACHINE_FIGURES],
  variants: (setup) =>
    compare([floor, statecast(setup.dist)], async (contender, giveWay) => {
      const load = { connections: 32, pipelining: 8 };
      const measured = await measure(contender, 'push', (target) => ({ ...timed(load, setup), target }), {
        resting: giveWay,
      });
      return toCosts(measured, 'push');
    }),
};
