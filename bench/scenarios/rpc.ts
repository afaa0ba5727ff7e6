/**
 * Calls of a TARS servant through a room, and by `@tars/rpc` alone. Alone, 64 callers in one process wait each for its
 * call and make the next one. Through a room, eight WebSocket clients of another process have eight calls on their way
 * each, so that three processes share the cores instead of two, and there is JSON to be read and written besides.
 */

import { readCpuMicros, readResidentBytes } from '../accounting.ts';
import { INTERFACE, NAME, objectAt, TARS_FILE } from '../contenders/node-tars.ts';
import { statecast } from '../contender.ts';
import { costFigures, MACHINE_FIGURES, toCosts } from '../figures.ts';
import type { Span } from '../load/jobs.ts';
import { measure, type Measured } from '../measure.ts';
import { startTypeScript, within, type Started } from '../processes.ts';
import type { Sample } from '../results/results.ts';
import { timed, type Scenario, type Setup } from '../scenario.ts';

const CONNECTIONS = 8;
const CALLS_PER_CONNECTION = 8;
const BARE = '@tars/rpc alone';
const METHOD = 'servant.getUsrName';
const BARE_MS = 60_000;

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
    { name: BARE, isOurs: false, comparedTo: BARE, measure: () => withServant(callAlone, setup) },
    { name: 'Statecast', isOurs: true, comparedTo: BARE, measure: () => withServant(callThroughRoom, setup) },
  ],
};

type Call = (servantPort: number, setup: Setup) => Promise<Measured<Span>>;

async function withServant(call: Call, setup: Setup): Promise<Sample> {
  const servant = startTypeScript('contenders/tars-servant.ts');
  try {
    const port = Number(/:(\d+)\//.exec(await servant.printed(/listening on .*\n/))?.[1]);
    const startedAt = performance.now();
    const before = readCpuMicros(servant.pid);
    const measured = await call(port, setup);
    const busyMs = (readCpuMicros(servant.pid) - before) / 1_000;
    return { ...toCosts(measured, 'call'), servantBusy: busyMs / (performance.now() - startedAt) };
  } finally {
    await servant.stop();
  }
}

/** There is no server in between: what is told as the server's is the calling process's. */
async function callAlone(servantPort: number, { warmUpMs, measureMs }: Setup): Promise<Measured<Span>> {
  const inFlight = CONNECTIONS * CALLS_PER_CONNECTION;
  const started = startTypeScript('contenders/bare-rpc.ts', {
    args: [servantPort, inFlight, warmUpMs, measureMs].map(String),
  });
  try {
    const result = await within(BARE_MS, 'the calls of @tars/rpc', firstMessage(started));
    return { result: { ...result, loadCpuMicros: 0 }, residentBytes: readResidentBytes(started.pid) };
  } finally {
    await started.stop();
  }
}

function firstMessage({ child, ended }: Started): Promise<Span> {
  return new Promise((resolve, reject) => {
    child.once('message', (span: Span) => resolve(span));
    void ended.then((why) => reject(new Error(why)));
  });
}

function callThroughRoom(servantPort: number, setup: Setup): Promise<Measured<Span>> {
  const contender = statecast(setup.dist, 'Statecast', {
    STATECAST_ROOMS: JSON.stringify({ '*': { rpc: ['servant.*'] } }),
    STATECAST_TARS_SERVANTS: JSON.stringify({
      servant: { object: objectAt(servantPort), file: TARS_FILE, interface: INTERFACE },
    }),
  });
  const call = JSON.stringify({ roomNum: 'bench', method: METHOD, args: { sUsrName: NAME } });
  const result = { ret: 0, sValue1: NAME, sValue2: NAME };
  return measure(contender, 'traffic', (target) => ({
    ...timed({ rooms: CONNECTIONS, membersPerRoom: 1, window: CALLS_PER_CONNECTION }, setup),
    speech: {
      to: 'server',
      frame: `rpc|${call}`,
      answer: `rpc|${JSON.stringify({ method: METHOD, result })}`,
    },
    target,
  }));
}
