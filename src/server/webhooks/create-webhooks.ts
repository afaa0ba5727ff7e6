/** The webhooks of a server: for each one an outbox, what brings events into it, and the delivery that empties it. */

import { randomBytes } from 'node:crypto';
import type { Directory } from '../../actors/directory.ts';
import type { Machines } from '../../actors/machines.ts';
import { send } from '../../actors/runtime/send.ts';
import { SERVER } from '../../actors/runtime/sender.ts';
import type { DeliveryPolicy, SendBatch } from '../../actors/webhook/delivery-events.ts';
import { startDelivery, type DeliveryRef } from '../../actors/webhook/delivery.ts';
import type { HttpPort } from '../../backends/http-port.ts';
import { nameOfWebhook } from '../../config/schema/webhook-schema.ts';
import type { Settings } from '../../config/schema/settings.ts';
import type { WebhookHealth } from '../../http/health-route.ts';
import type { EventBus } from '../../events/event-bus.ts';
import type { Presence } from '../../broker/presence/presence.ts';
import { isSystemError, StoreError } from '../../storage/store-error.ts';
import type { Clock } from '../../system/clock.ts';
import { Chosen } from '../../webhooks/event-choice.ts';
import { Ledger } from '../../webhooks/ledger.ts';
import type { CreateOutbox } from '../../webhooks/outbox/create-outbox.ts';
import type { Outbox, OutboxHistory } from '../../webhooks/outbox/outbox.ts';
import { WebhookFeed } from '../../webhooks/webhook-feed.ts';
import type { EventsProxy } from '../../tars/servants/events.ts';
import { DroppedCount } from './dropped-count.ts';
import { createServantSender } from './webhook-call.ts';
import { createHttpSender } from './webhook-request.ts';
import { statesOf } from './webhook-problems.ts';
import { describeState } from '../servants/servant-links.ts';

export interface WebhooksInput {
  readonly settings: Settings['webhooks'];
  readonly createOutbox: CreateOutbox;
  readonly machine: Machines['delivery'];
  readonly directory: Pick<Directory, 'rooms'>;
  /** Over all nodes. */
  readonly presence: Pick<Presence, 'stats'>;
  /** The connections to backends. It is closed after the webhooks. */
  readonly http: HttpPort;
  readonly proxyOf: (servant: string) => EventsProxy;
  readonly events: EventBus;
  readonly clock: Clock;
}

export interface Webhooks {
  /** By their names. */
  readonly deliveries: ReadonlyMap<string, DeliveryRef>;
  /** Reads what earlier runs have left, and listens from now on. Rejects with a StoreError when an outbox cannot be used. */
  open(): Promise<void>;
  /** To be called before anybody can connect: deliveries begin. */
  start(): void;
  /** To be called when the rooms of earlier runs are open. */
  restored(): void;
  /** Whether the run before ended with a shutdown; undefined where nothing is kept on disk. */
  readonly wasClean: boolean | undefined;
  /** Sends what is left, each batch once, and closes the outboxes. A second call ends the sending. */
  stop(): Promise<void>;
  health(): Readonly<Record<string, WebhookHealth>>;
}

/** Most events of a batch, and how long its body may be in bytes. */
const BATCH_EVENTS = 100;
const BATCH_BYTES = 256 * 1024;
/** How long events are gathered before they are sent. */
const GATHER_MS = 50;
/** How long a delivery whose machine has failed rests before it is started again. */
const RESTART_MS = 5_000;
const RUN_BYTES = 6;

export function createWebhooks(input: WebhooksInput): Webhooks {
  const { settings } = input;
  const deliveries = new Map<string, DeliveryRef>();
  const all = settings.map((webhook) => new Webhook(nameOfWebhook(webhook), webhook, input, deliveries));
  let stopping: Promise<unknown> | undefined;

  return {
    deliveries,
    async open() {
      for (const webhook of all) await webhook.open();
    },
    start() {
      for (const webhook of all) webhook.start();
    },
    restored() {
      for (const webhook of all) webhook.restored();
    },
    get wasClean() {
      const known = all.filter(({ outbox }) => outbox.isPersistent);
      return known.length === 0 ? undefined : known.every(({ wasClean }) => wasClean);
    },
    async stop() {
      if (stopping !== undefined) for (const webhook of all) webhook.hurry();
      stopping ??= Promise.all(all.map((webhook) => webhook.stop()));
      await stopping;
    },
    health: () => Object.fromEntries(all.map((webhook) => [webhook.name, webhook.health()])),
  };
}

class Webhook {
  readonly name: string;
  readonly outbox: Outbox;
  wasClean = true;
  readonly #settings: Settings['webhooks'][number];
  readonly #input: WebhooksInput;
  readonly #deliveries: Map<string, DeliveryRef>;
  readonly #chosen: Chosen;
  readonly #feed: WebhookFeed;
  readonly #dropped: DroppedCount;
  #isOpen = false;
  #isStopping = false;
  #restart: unknown;

  constructor(
    name: string,
    settings: Settings['webhooks'][number],
    input: WebhooksInput,
    deliveries: Map<string, DeliveryRef>,
  ) {
    const { events, clock, createOutbox, presence } = input;
    this.name = name;
    this.#settings = settings;
    this.#input = input;
    this.#deliveries = deliveries;
    this.#dropped = new DroppedCount(name, events, clock);
    const ledger = new Ledger();
    this.outbox = createOutbox(name, {
      maxEvents: settings.maxEvents,
      maxBytes: settings.maxBytes,
      clock,
      state: () => ledger.write(),
      onTrouble: (trouble) => events.emit('webhook.failed', { webhook: name, ...trouble }),
      onDropped: (count, reason) => this.#dropped.add(count, reason),
      onAdopted: () => {
        if (!this.#isOpen) return;
        this.#feed.checkRooms();
        this.#tellDelivery('events.waiting');
      },
      onWaiting: () => this.#tellDelivery('events.waiting'),
    });
    const states = statesOf(settings.events).map(({ machine, path }) => `${machine}.${path}`);
    this.#chosen = new Chosen(settings, states);
    this.#feed = new WebhookFeed({
      outbox: this.outbox,
      ledger,
      chosen: this.#chosen,
      includeData: settings.includeData,
      bus: events,
      clock,
      countPresent: async (room) => (await presence.stats(room)).connections,
      run: randomBytes(RUN_BYTES).toString('hex'),
      onWaiting: (waiting) => this.#tellWaiting(waiting),
    });
  }

  async open(): Promise<void> {
    const history = await this.#openOutbox();
    this.#isOpen = true;
    this.wasClean = history.clean;
    this.#feed.start(history);
    const { outbox } = this;
    // Whoever publishes a message is answered when it will be told, whatever happens to this process.
    if (outbox.written !== undefined && this.#chosen.has('message.published'))
      this.#input.events.addKeeper(() => outbox.written!());
  }

  start(): void {
    this.#feed.reconcileRooms();
    this.#startDelivery();
  }

  restored(): void {
    const { rooms } = this.#input.directory;
    this.#feed.reconcileMembers((room) => {
      const record = rooms.get(room)?.record;
      if (record === undefined) return NOBODY;
      if (!record.loaded) return undefined;
      return new Set(record.roster.awayMembers().map(({ id }) => id));
    });
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#input.clock.clearTimeout(this.#restart);
    await this.#feed.stop();
    // If it is out of reach, what waits is there for others.
    await this.outbox.leave?.().catch(() => undefined);
    const delivery = this.#deliveries.get(this.name);
    if (delivery?.getSnapshot().status === 'active') {
      const stopped = new Promise<void>((resolve) => {
        delivery.subscribe({ complete: resolve, error: () => resolve() });
      });
      this.hurry();
      await stopped;
    }
    if (this.#isOpen) await this.outbox.close();
    this.#dropped.flush();
  }

  /** The first time it lets the delivery send what is left, the second time it ends that. */
  hurry(): void {
    const delivery = this.#deliveries.get(this.name);
    if (delivery !== undefined) send(delivery, { type: 'delivery.stop' }, SERVER);
  }

  health(): WebhookHealth {
    const { events, oldest } = this.outbox.backlog;
    const ageMs = oldest === undefined ? 0 : Math.max(0, this.#input.clock.now() - oldest);
    return {
      state: describeState(this.#deliveries.get(this.name)?.getSnapshot().value ?? 'none'),
      waiting: events,
      ...(oldest !== undefined && { oldestSeconds: Math.floor(ageMs / 1000) }),
      dropped: this.#dropped.total,
    };
  }

  async #openOutbox(): Promise<OutboxHistory> {
    try {
      return await this.outbox.open();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      const message = `cannot use the outbox of the webhook ${this.name}: ${error.message}`;
      throw new StoreError(error.code, message, { cause: error });
    }
  }

  #startDelivery(): void {
    const { machine, clock, events } = this.#input;
    const { timeoutSeconds, retryHours } = this.#settings;
    const policy: DeliveryPolicy = {
      limits: { events: BATCH_EVENTS, bytes: BATCH_BYTES },
      gatherMs: GATHER_MS,
      sendMs: timeoutSeconds * 1000,
      retryMs: retryHours * 60 * 60 * 1000,
    };
    const delivery = startDelivery(
      machine,
      {
        name: this.name,
        outbox: this.outbox,
        send: this.#createSender(policy),
        policy,
        clock,
        events,
        random: Math.random,
      },
      (error) => {
        events.emit('webhook.failed', { webhook: this.name, error });
        if (!this.#isStopping) this.#restart = clock.setTimeout(() => this.#startDelivery(), RESTART_MS);
      },
    );
    this.#deliveries.set(this.name, delivery);
  }

  #createSender({ sendMs }: DeliveryPolicy): SendBatch {
    const { http, proxyOf, clock } = this.#input;
    const { url, servant = '', ...signing } = this.#settings;
    return url === undefined
      ? createServantSender(proxyOf(servant), sendMs)
      : createHttpSender({ url, ...signing }, http, clock);
  }

  #tellWaiting(waiting: number): void {
    // Between them, the delivery finds out by itself.
    if (waiting === 1) this.#tellDelivery('events.waiting');
    else if (waiting === BATCH_EVENTS) this.#tellDelivery('batch.full');
  }

  #tellDelivery(type: 'events.waiting' | 'batch.full'): void {
    const delivery = this.#deliveries.get(this.name);
    if (delivery !== undefined) send(delivery, { type }, 'library');
  }
}

const NOBODY: ReadonlySet<string> = new Set();
