/** What a process adds to a server. It is a file of its own, so that the types of the library need no other package. */

import type { PortSharing } from './nodes/port-sharing.ts';

export interface ServerProcess {
  /** Whether the example servant runs beside the server. */
  readonly demo: boolean;
  /** Set if other processes serve the same ports. */
  readonly sharing?: PortSharing | undefined;
}
