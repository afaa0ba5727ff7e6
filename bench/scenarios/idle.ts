/** What connections cost that do nothing but be in a room; and whether their memory comes back when they go. */

import { floor, FLOOR, socketIo, statecast, ws, type Contender, type Memory } from '../contender.ts';
import { sleep } from '../load/crowd.ts';
import { measure } from '../measure.ts';
import type { Figure, Sample } from '../results/results.ts';
import type { Scenario } from '../scenario.ts';

/** Those who come and go first, so that what a server makes once is not counted as theirs. */
const FIRST_CLIENTS = 200;
/** Rooms stay in memory for a while when the last member has left: here only as long as the settings allow. */
const SETTINGS = { STATECAST_LINGER_SECONDS: '0' };
const RELEASE_MS = 20_000;
const LOOK_MS = 250;
/** Less than this of a connection that has gone is nothing. */
const NOTHING_BYTES = 100;

interface Crowd {
  readonly key: string;
  readonly title: string;
  readonly clients: number;
  readonly rooms: number;
}

const CROWDS: readonly Crowd[] = [
  { key: 'one10000', title: '10,000 in one room', clients: 10_000, rooms: 1 },
  { key: 'one1000', title: '1,000 in one room', clients: 1_000, rooms: 1 },
  { key: 'own10000', title: '10,000 in a room each', clients: 10_000, rooms: 10_000 },
];

export const idle: Scenario = {
  name: 'idle',
  title: 'memory of a connection that is in a room and silent, above the empty server, in KB',
  rounds: 1,
  figures: CROWDS.flatMap(({ key, title }): Figure[] => [
    { key, title, unit: 'kilobytes', better: 'less' },
    { key: `${key}Heap`, title: 'of it heap', unit: 'kilobytes', better: 'less' },
    { key: `${key}Left`, title: 'heap left after', unit: 'kilobytes' },
  ]),
  variants: (setup) =>
    [floor, statecast(setup.dist, 'Statecast', SETTINGS), ws, socketIo].map((contender) => ({
      name: contender.name,
      isOurs: contender.isOurs,
      comparedTo: FLOOR,
      async measure() {
        const samples: Sample[] = [];
        for (const crowd of CROWDS) samples.push(await measureCrowd(contender, crowd));
        return Object.assign({}, ...samples) as Sample;
      },
    })),
};

async function measureCrowd(contender: Contender, { key, clients, rooms }: Crowd): Promise<Sample> {
  const perClient = (bytes: number): number => bytes / clients / 1_000;
  let sample: Sample = {};
  await measure(
    contender,
    'idle',
    (target) => ({ target, firstClients: FIRST_CLIENTS, clients, rooms }),
    (server) => {
      let empty: Memory | undefined;
      let full: Memory | undefined;
      return {
        async empty() {
          empty = await server.memory();
        },
        async standing() {
          full = await server.memory();
        },
        async gone() {
          if (empty === undefined || full === undefined) throw new Error('the memory was not looked at');
          const left = await releasedHeap(() => server.memory(), empty.heapBytes + clients * NOTHING_BYTES);
          sample = {
            [key]: perClient(full.residentBytes - empty.residentBytes),
            [`${key}Heap`]: perClient(full.heapBytes - empty.heapBytes),
            [`${key}Left`]: perClient(left - empty.heapBytes),
          };
        },
      };
    },
  );
  return sample;
}

/** A server may take a while to let go: it is looked at until it is empty again, or has had its time. */
async function releasedHeap(look: () => Promise<Memory>, emptyBytes: number): Promise<number> {
  const deadline = performance.now() + RELEASE_MS;
  let { heapBytes } = await look();
  while (heapBytes > emptyBytes && performance.now() < deadline) {
    await sleep(LOOK_MS);
    ({ heapBytes } = await look());
  }
  return heapBytes;
}
