/** The kinds of actors, in the order in which they are listed. */

import { MACHINES } from '../../actors/machines.ts';
import type { MachineName } from '../feed/feed-protocol.ts';

export const MACHINE_NAMES = Object.keys(MACHINES) as readonly MachineName[];

export const KIND_ORDER = Object.fromEntries(MACHINE_NAMES.map((name, index) => [name, index])) as Readonly<
  Record<MachineName, number>
>;
