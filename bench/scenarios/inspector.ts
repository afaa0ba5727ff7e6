/** The cost of the inspector: turned off, served but not used, and with a watcher. */

import { statecast } from '../contender.ts';
import { costFigures, MACHINE_FIGURES } from '../figures.ts';
import { nameRoom } from '../load/crowd.ts';
import type { NotServed, Scenario, Setup, Variant } from '../scenario.ts';
import { openWatcher, type Watched } from '../watcher.ts';
import { observedVariant, OFF, type Look } from './observed.ts';
import { ROOMS_LOAD } from './traffic.ts';

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
  return observedVariant(setup, {
    name,
    settings,
    load: ROOMS_LOAD,
    per: 'delivery',
    look: watched && ((port) => watch(port, watched)),
  });
}

async function watch(port: number, watched: Watched): Promise<Look> {
  const watcher = await openWatcher(port, watched);
  return {
    close: () => watcher.close(),
    check() {
      if (watcher.batches() === 0) throw new Error('the inspector has sent no batch to its watcher');
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
