import { describe } from 'vitest';
import { describeBytes, type HttpFault } from './contract/bytes-contract.ts';
import { describeMaxSockets } from './contract/max-sockets-contract.ts';
import { describeNetworkTransport } from './contract/network-contract.ts';
import { createUwsTransport } from './uws.ts';
import { loadUws } from './uws/load.ts';

const loaded = loadUws();

/** What no version of uWebSockets.js can do, and what its binary for Node.js 20 cannot do either. */
const FAULTS: readonly HttpFault[] = [
  'many headers',
  'HTTP/1.0',
  'chunk extras',
  'pipelining',
  'early frames',
  'unmasked frames',
  'plain errors',
];
const OLD_FAULTS: readonly HttpFault[] = ['cut first line', 'long heads'];

describe.skipIf(loaded.uws === undefined)(
  `uWebSockets.js${loaded.uws === undefined ? ` (skipped: ${loaded.why})` : ''}`,
  () => {
    describeNetworkTransport('uWebSockets.js', createUwsTransport, './uws.ts');
    const isOld = loaded.uws !== undefined && loaded.isOld;
    describeMaxSockets(createUwsTransport);
    describeBytes(createUwsTransport, new Set(isOld ? [...FAULTS, ...OLD_FAULTS] : FAULTS));
  },
);
