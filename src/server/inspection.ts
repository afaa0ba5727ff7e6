/** Makes the inspector of a server by its settings: who may watch is decided here, what they see is src/inspect's. */

import type { Clock } from '../system/clock.ts';
import { createMoments } from '../system/moments.ts';
import type { EventBus } from '../events/event-bus.ts';
import { isProduction } from '../config/environment.ts';
import { createInspector, type Inspector } from '../inspect/inspector.ts';
import { isLoopbackHost } from '../system/loopback.ts';
import { createInspectorAccess } from '../http/inspector-access.ts';
import type { OriginPolicy } from '../transport/origin-policy.ts';
import { VERSION } from '../system/package-info.ts';
import type { StatecastServer } from './server-options.ts';

export interface InspectionInput {
  readonly settings: Pick<StatecastServer['settings'], 'host' | 'inspector'>;
  readonly allowsOrigin: OriginPolicy;
  /** The pattern of the settings that rooms of this name go by, if there is one. */
  readonly patternOf: (room: string) => string | undefined;
  readonly events: EventBus;
  readonly clock: Clock;
  readonly onError: (error: unknown, where: string) => void;
}

/** Nothing where the settings turn it off. */
export function createInspection(input: InspectionInput): Inspector | undefined {
  const { settings, allowsOrigin, patternOf, events, clock, onError } = input;
  const { enabled, token } = settings.inspector;
  if (!enabled) return undefined;
  return createInspector({
    settings: settings.inspector,
    token,
    wrongToken: () => events.emit('access.refused', { to: 'the inspector' }),
    access: createInspectorAccess({
      open: whoMayWatch(settings),
      hasToken: token !== undefined,
      allowsOrigin,
    }),
    version: VERSION,
    patternOf,
    events,
    moments: createMoments(),
    clock,
    onError: (error) => onError(error, 'the inspector'),
  });
}

/** Who may watch the machines without a token. */
export function whoMayWatch({
  host,
  inspector: { enabled, access, token },
}: InspectionInput['settings']): 'everybody' | 'this machine' | 'nobody' {
  if (!enabled) return 'nobody';
  if (access === 'open') return 'everybody';
  const isOpenHere = access === 'auto' && token === undefined && isLoopbackHost(host) && !isProduction();
  return isOpenHere ? 'this machine' : 'nobody';
}
