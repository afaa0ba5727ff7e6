/** The cost of the inspector: turned off, served but not used, and with a watcher. */

import { statecast } from '../contender.ts';
import { costFigures, MACHINE_FIGURES, toCosts } from '../figures.ts';
import { nameRoom } from '../load/crowd.ts';
import { measure } from '../measure.ts';
import { timed, type NotServed, type Scenario, type Setup, type Variant } from '../scenario.ts';
import { openWatcher, type Watched, type Watcher } from '../watcher.ts';
import { ROOMS_LOAD } from './traffic.ts';

const OFF = 'turned off';
const OFF_SETTINGS = { STATECAST_INSPECTOR_ENABLED: 'false' };
const ON_SETTINGS = { STATECAST_INSPECTOR_ENABLED: 'true', STATECAST_INSPECTOR_ACCESS: 'open' };

const WATCHED_ROOM = nameRoom(0);

export const inspector: Scenario = {
  name: 'inspector',
  title: '200 rooms of 5 members, with and without an inspector',
  rounds: 3,
  figures: [...costFigures('delivery'), ...MACHINE_FIGURES],
  async variants(setup) {
    const reason = await whyNotServed(setup);
    if (reason !== undefined) return reason;
    return [
      defineVariant(setup, OFF, OFF_SETTINGS),
      defineVariant(setup, 'idle', ON_SETTINGS),
      defineVariant(setup, 'one connection watched', ON_SETTINGS, {
        kind: 'connection',
        room: WATCHED_ROOM,
      }),
      defineVariant(setup, 'one room watched', ON_SETTINGS, { kind: 'room', room: WATCHED_ROOM }),
    ];
  },
};

function defineVariant(
  setup: Setup,
  name: string,
  settings: Readonly<Record<string, string>>,
  watched?: Watched,
): Variant {
  return {
    name,
    isOurs: true,
    comparedTo: OFF,
    async measure(giveWay) {
      let watcher: Watcher | undefined;
      try {
        const measured = await measure(
          statecast(setup.dist, name, settings),
          'traffic',
          (target) => ({ ...timed(ROOMS_LOAD, setup), target }),
          {
            resting: giveWay,
            async standing({ target }) {
              if (watched !== undefined) watcher = await openWatcher(target.port, watched);
            },
          },
        );
        // Without batches the cost of watching was not measured.
        if (watcher?.batches() === 0) throw new Error('the inspector has sent no batch to its watcher');
        return toCosts(measured, 'delivery');
      } finally {
        watcher?.close();
      }
    },
  };
}

async function whyNotServed(setup: Setup): Promise<NotServed | undefined> {
  try {
    const server = await statecast(setup.dist, 'idle', ON_SETTINGS).start();
    try {
      (await openWatcher(server.target.port)).close();
    } finally {
      await server.stop();
    }
    return undefined;
  } catch (error) {
    const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { notServed: `this build serves no inspector: ${why}` };
  }
}
