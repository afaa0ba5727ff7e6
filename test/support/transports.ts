/** The transports that run on this Node.js: uWebSockets.js has no build for every one. */

import { loadUws } from '../../src/transport/uws/load.ts';

export const TRANSPORTS: readonly ('uws' | 'ws')[] = loadUws().uws === undefined ? ['ws'] : ['uws', 'ws'];
