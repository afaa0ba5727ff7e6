/** Variants of one server that differ in their settings, and in what looks at the server meanwhile. */

import { statecast } from '../contender.ts';
import { toCosts, type Per } from '../figures.ts';
import { measure } from '../measure.ts';
import { timed, type Setup, type Variant } from '../scenario.ts';
import type { Load } from './traffic.ts';

/** The variant that the others are compared to: the feature costs nothing there. */
export const OFF = 'turned off';

/** What looks at a server. */
export interface Look {
  close(): void;
  /** Throws if it has seen nothing: then the cost was not measured. */
  check?(): void;
}

interface Observed {
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly load: Load;
  readonly per: Per & ('delivery' | 'message');
  /** Begins to look at the server on this port. Default: nobody does. */
  readonly look?: ((port: number) => Promise<Look>) | undefined;
}

export function observedVariant(setup: Setup, { name, settings, load, per, look }: Observed): Variant {
  return {
    name,
    isOurs: true,
    comparedTo: OFF,
    async measure(giveWay) {
      let looking: Look | undefined;
      try {
        const measured = await measure(
          statecast(setup.dist, name, settings),
          'traffic',
          (target) => ({ ...timed(load, setup), target }),
          {
            resting: giveWay,
            async standing({ target }) {
              looking = await look?.(target.port);
            },
          },
        );
        looking?.check?.();
        return toCosts(measured, per);
      } finally {
        looking?.close();
      }
    },
  };
}
