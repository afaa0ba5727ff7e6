/** How the server reaches the owner's backends, by HTTP or TARS: questions before something happens, messages after. */

import { createBackends, type Backends } from '../actors/backend/backends.ts';
import { DEFAULT_BACKEND_POLICY } from '../actors/backend/backend-events.ts';
import type { Directory } from '../actors/directory.ts';
import type { Machines } from '../actors/machines.ts';
import type { Servants } from '../actors/servant/servants.ts';
import { HttpPool } from '../backends/http-pool.ts';
import type { Settings } from '../config/schema/settings.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { Clock } from '../system/clock.ts';
import { createEventsProxy } from '../tars/servants/events.ts';
import { createHooksProxy } from '../tars/servants/hooks.ts';
import type { CreateOutbox } from '../webhooks/outbox/create-outbox.ts';
import type { Presence } from '../broker/presence/presence.ts';
import { createHooks, type Hooks } from './hooks/create-hooks.ts';
import { createWebhooks, type Webhooks } from './webhooks/create-webhooks.ts';

export interface OwnerBackendsInput {
  readonly settings: Pick<Settings, 'hooks' | 'webhooks'>;
  readonly machines: Machines;
  readonly directory: Pick<Directory, 'rooms'>;
  readonly servants: Pick<Servants, 'callerOf'>;
  readonly createOutbox: CreateOutbox;
  readonly presence: Pick<Presence, 'stats'>;
  /** Subscription tokens can be checked here, and are not passed on then. */
  readonly checksTokens: boolean;
  readonly events: EventBus;
  readonly clock: Clock;
}

export interface OwnerBackends {
  /** What holds back questions to a backend that does not answer. */
  readonly backends: Backends;
  readonly hooks: Hooks;
  readonly webhooks: Webhooks;
  /** The connections to backends, for questions and messages. */
  readonly http: HttpPool;
}

export function createOwnerBackends(input: OwnerBackendsInput): OwnerBackends {
  const { settings, machines, directory, presence, servants, createOutbox, checksTokens, events, clock } =
    input;
  const http = new HttpPool();
  const backends = createBackends({
    machines,
    policy: DEFAULT_BACKEND_POLICY,
    clock,
    events,
    random: Math.random,
  });
  const hooks = createHooks({
    settings,
    backends,
    http,
    proxyOf: (name) => createHooksProxy(servants.callerOf(name)),
    checksTokens,
  });
  const webhooks = createWebhooks({
    settings: settings.webhooks,
    createOutbox,
    machine: machines.delivery,
    directory,
    presence,
    http,
    // Its failures are told as `webhook.failed`, once, and not again with each try.
    proxyOf: (name) => createEventsProxy(servants.callerOf(name, { tellsFailures: false })),
    events,
    clock,
  });
  return { backends, hooks, webhooks, http };
}
