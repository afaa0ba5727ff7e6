/** The ids of boxes, labels and arrows in the input and output of ELK. */

import type { StatePath } from '../../src/inspect/chart/chart.ts';

export const elkId = {
  state: (path: StatePath) => `state ${path}`,
  /** The dot from which the arrow to an initial state starts. */
  dot: (path: StatePath) => `dot ${path}`,
  initial: (path: StatePath) => `initial ${path}`,
  edge: (id: string) => `edge ${id}`,
  /** The label where an arrow from a state to an inner state starts. */
  label: (id: string) => `label ${id}`,
  /** The end of an arrow that is outside the cluster. */
  outside: (id: string) => `outside ${id}`,
  port: (path: StatePath, id: string) => `port ${path} ${id}`,
};
