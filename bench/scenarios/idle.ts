/** The memory of connections that are in a room and silent, and whether it is freed when they disconnect. */

import { besideOthers, statecast, type Contender, type Memory } from '../contender.ts';
import { sleep } from '../load/crowd.ts';
import { measure } from '../measure.ts';
import type { Figure, Sample } from '../results/results.ts';
import { compare, type Scenario } from '../scenario.ts';

/** These connect and disconnect first, so that memory that a server allocates once is not counted. */
const FIRST_CLIENTS = 200;
/** Empty rooms normally stay in memory for a while; here they must not. */
const SETTINGS = { STATECAST_LINGER_SECONDS: '0' };
const LOOK_MS = 250;
/** When the memory has not decreased for so long, the rest is kept by the server. */
const SETTLED_MS = 2_500;
/** The longest wait for memory to be freed. */
const RELEASE_MS = 20_000;
/** A smaller decrease is ignored: measuring itself needs some memory. */
const NOTHING_BYTES = 256 * 1024;

interface Crowd {
  readonly title: string;
  /** The sizes of the crowd in one server, in growing order. */
  readonly sizes: readonly { readonly key: string; readonly clients: number }[];
  readonly rooms: number;
}

const ONE_ROOM: Crowd = {
  title: 'in one room',
  sizes: [
    { key: 'one1000', clients: 1_000 },
    { key: 'one10000', clients: 10_000 },
  ],
  rooms: 1,
};
/** Fewer clients, because opening ten thousand rooms takes long. */
const OWN_ROOMS: Crowd = {
  title: 'in a room each',
  sizes: [{ key: 'own2000', clients: 2_000 }],
  rooms: 2_000,
};

export const idle: Scenario = {
  name: 'idle',
  title: 'memory of a connection that is in a room and silent, above the empty server, in KB',
  rounds: 1,
  figures: [ONE_ROOM, OWN_ROOMS].flatMap(toFigures),
  variants: (setup) =>
    compare(besideOthers(statecast(setup.dist, 'Statecast', SETTINGS)), async (contender) => ({
      ...(await measureCrowd(contender, ONE_ROOM)),
      ...(await measureCrowd(contender, OWN_ROOMS)),
    })),
};

/** The largest crowd first, with the memory that is left when all have disconnected. */
function toFigures({ title, sizes }: Crowd): Figure[] {
  return sizes.toReversed().flatMap(({ key, clients }, index): Figure[] => [
    { key, title: `${clients.toLocaleString('en')} ${title}`, unit: 'kilobytes', better: 'less' },
    { key: `${key}Heap`, title: 'of it heap', unit: 'kilobytes', better: 'less' },
    ...(index === 0
      ? ([
          { key: `${key}Left`, title: 'left after', unit: 'kilobytes' },
          { key: `${key}HeapLeft`, title: 'of it heap', unit: 'kilobytes' },
        ] as const)
      : []),
  ]);
}

async function measureCrowd(contender: Contender, { sizes, rooms }: Crowd): Promise<Sample> {
  const sample: Record<string, number> = {};
  const waiting = [...sizes];
  let empty: Memory | undefined;
  /** Notes the memory of one client under these two names. */
  function note(now: Memory, clients: number, resident: string, heap: string): void {
    if (empty === undefined) throw new Error('the memory of the empty server was not looked at');
    sample[resident] = (now.residentBytes - empty.residentBytes) / clients / 1_000;
    sample[heap] = (now.heapBytes - empty.heapBytes) / clients / 1_000;
  }
  await measure(
    contender,
    'idle',
    (target) => ({ target, firstClients: FIRST_CLIENTS, sizes: sizes.map(({ clients }) => clients), rooms }),
    {
      async empty(server) {
        // Memory that is freed after the start would hide the memory of the crowd.
        empty = await settledMemory(() => server.memory());
      },
      async standing(server) {
        const size = waiting.shift();
        if (size !== undefined)
          note(await settledMemory(() => server.memory()), size.clients, size.key, `${size.key}Heap`);
      },
      async gone(server) {
        const left = await settledMemory(() => server.memory());
        const last = sizes.at(-1);
        if (last !== undefined) note(left, last.clients, `${last.key}Left`, `${last.key}HeapLeft`);
      },
    },
  );
  return sample;
}

/** A server may free memory late: it is measured until the memory stops decreasing. */
async function settledMemory(look: () => Promise<Memory>): Promise<Memory> {
  const deadline = performance.now() + RELEASE_MS;
  let least = await look();
  let lessAt = performance.now();
  while (performance.now() < Math.min(deadline, lessAt + SETTLED_MS)) {
    await sleep(LOOK_MS);
    const now = await look();
    if (isLess(now.heapBytes, least.heapBytes) || isLess(now.residentBytes, least.residentBytes)) {
      least = now;
      lessAt = performance.now();
    }
  }
  return least;
}

function isLess(bytes: number, before: number): boolean {
  return bytes < before - NOTHING_BYTES;
}
