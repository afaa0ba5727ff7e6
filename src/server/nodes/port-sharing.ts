/** What a server is told that is one of several processes behind the same ports. */

import type { WorkerHealth } from '../../http/health-route.ts';
import type { SocketSource } from '../../system/socket-source.ts';
import type { ListenAddress } from '../../transport/common/transport.ts';

export interface PortSharing {
  /** The port of clients; 0 if it is still to be found. */
  readonly port: number;
  /** How it is shared. */
  readonly web: NonNullable<ListenAddress['shared']>;
  /** Where the connections to `tars.listen` come from. */
  readonly tars: SocketSource | undefined;
  /** All processes behind the ports, this one included. */
  readonly workers: () => readonly WorkerHealth[];
  /** `leave` is called when this process is to take no new connections any more. */
  readonly onLeave: (leave: () => void) => void;
}
