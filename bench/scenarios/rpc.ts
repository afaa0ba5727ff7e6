/**
 * Calls of a TARS servant through a room, and by `@tars/rpc` alone. Alone, 64 callers in one process each wait for their
 * call and make the next one. Through a room, eight WebSocket clients in another process have eight calls in flight
 * each, so three processes share the cores instead of two, and JSON is read and written too.
 */

import { readResidentBytes } from '../accounting.ts';
import { INTERFACE, NAME, objectAt, TARS_FILE } from '../contenders/node-tars.ts';
import { statecast } from '../contender.ts';
import { costFigures, MACHINE_FIGURES, toCosts } from '../figures.ts';
import type { Span } from '../load/jobs.ts';
import { startLoad } from '../load-process.ts';
import { measure, type Measured } from '../measure.ts';
import { startTypeScript } from '../processes.ts';
import { timed, type Scenario, type Setup, type Variant } from '../scenario.ts';
import type { GiveWay } from '../turns.ts';

const CONNECTIONS = 8;
const CALLS_PER_CONNECTION = 8;
const BARE = '@tars/rpc alone';
const METHOD = 'servant.getUsrName';

export const rpc: Scenario = {
  name: 'rpc',
  title: 'calls of a TARS servant, 64 in flight: through a room, and by @tars/rpc alone',
  rounds: 3,
  budget: 0.8,
  figures: [
    ...costFigures('call'),
    ...MACHINE_FIGURES,
    { key: 'servantBusy', title: 'servant busy', unit: 'share' },
  ],
  variants: (setup) => [
    { name: BARE, isOurs: false, comparedTo: BARE, measure: withServant(callAlone, setup) },
    { name: 'Statecast', isOurs: true, comparedTo: BARE, measure: withServant(callThroughRoom, setup) },
  ],
};

interface Servant {
  readonly port: number;
  readonly pid: number;
}

type Call = (servant: Servant, setup: Setup, giveWay: GiveWay) => Promise<Measured<Span>>;

function withServant(call: Call, setup: Setup): Variant['measure'] {
  return async (giveWay) => {
    const started = startTypeScript('contenders/tars-servant.ts');
    try {
      const port = Number(/:(\d+)\//.exec(await started.printed(/listening on .*\n/))?.[1]);
      const measured = await call({ port, pid: started.pid }, setup, giveWay);
      const { backendCpuMicros, seconds } = measured.result;
      return { ...toCosts(measured, 'call'), servantBusy: backendCpuMicros / 1e6 / seconds };
    } finally {
      await started.stop();
    }
  };
}

/** There is no server in between: the calling process is measured as the server. */
async function callAlone({ port, pid }: Servant, setup: Setup, giveWay: GiveWay): Promise<Measured<Span>> {
  const load = await startLoad();
  try {
    const inFlight = CONNECTIONS * CALLS_PER_CONNECTION;
    const job = { ...timed({ servantPort: port, inFlight }, setup), backendPid: pid };
    const span = await load.run('calls', job, giveWay);
    return { result: { ...span, loadCpuMicros: 0 }, residentBytes: readResidentBytes(load.pid) };
  } finally {
    await load.stop();
  }
}

function callThroughRoom(servant: Servant, setup: Setup, giveWay: GiveWay): Promise<Measured<Span>> {
  const contender = statecast(setup.dist, 'Statecast', {
    STATECAST_ROOMS: JSON.stringify({ '*': { rpc: ['servant.*'] } }),
    STATECAST_TARS_SERVANTS: JSON.stringify({
      servant: { object: objectAt(servant.port), file: TARS_FILE, interface: INTERFACE },
    }),
  });
  const call = JSON.stringify({ roomNum: 'bench', method: METHOD, args: { sUsrName: NAME } });
  const result = { ret: 0, sValue1: NAME, sValue2: NAME };
  const load = { rooms: CONNECTIONS, membersPerRoom: 1, window: CALLS_PER_CONNECTION };
  return measure(
    contender,
    'traffic',
    (target) => ({
      ...timed(load, setup),
      speech: {
        to: 'server',
        frame: `rpc|${call}`,
        answer: `rpc|${JSON.stringify({ method: METHOD, result })}`,
      },
      backendPid: servant.pid,
      target,
    }),
    { resting: giveWay },
  );
}
