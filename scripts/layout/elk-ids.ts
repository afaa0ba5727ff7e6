/** How what is laid out is named for ELK, so that it is found again in the answer. */

import type { StatePath } from '../../src/inspect/chart/chart.ts';

export const elkId = {
  state: (path: StatePath) => `state ${path}`,
  /** The dot from which the arrow to an initial state starts. */
  dot: (path: StatePath) => `dot ${path}`,
  initial: (path: StatePath) => `initial ${path}`,
  edge: (id: string) => `edge ${id}`,
  /** The label at which an arrow from a state to one inside it starts. */
  label: (id: string) => `label ${id}`,
  /** Where an arrow goes that leads out of the cluster, or comes from. */
  outside: (id: string) => `outside ${id}`,
  port: (path: StatePath, id: string) => `port ${path} ${id}`,
};
