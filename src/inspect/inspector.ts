/** Builds the inspector from its parts: recorder, watcher, catalogue, control and endpoints. */

import type { Clock } from '../system/clock.ts';
import type { Moments } from '../system/moments.ts';
import type { MachineObserver } from '../actors/runtime/live-machine.ts';
import { MACHINES } from '../actors/machines.ts';
import { nameMembership } from '../actors/room/membership.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { Route } from '../http/router.ts';
import type { SocketEndpoint } from '../transport/socket-session.ts';
import { createCatalogue } from './catalogue/catalogue.ts';
import { MACHINE_NAMES } from './population/machine-names.ts';
import { createNodesCatalogue, type NodeActors, type OtherNodes } from './catalogue/nodes-catalogue.ts';
import type { CatalogueQuery } from './catalogue/search.ts';
import { listMembers } from './catalogue/room-members.ts';
import type { Chart } from './chart/chart.ts';
import { describeChart } from './chart/describe-chart.ts';
import { ActsLog } from './control/acts-log.ts';
import { createControl } from './control/control.ts';
import type { FeedAnswers } from './endpoint/feed-answers.ts';
import { createFeedEndpoint, type FeedAccess } from './endpoint/feed-endpoint.ts';
import type { ActorAddress, ActorHistory, ActorSummary, MachineName } from './feed/feed-protocol.ts';
import { createSecretCheck } from '../auth/secret.ts';
import { createHistoryRoute } from './endpoint/history-route.ts';
import { findActor, type Population } from './population/population.ts';
import type { FailedActor } from './recorder/failures.ts';
import { createProblemReading } from './problems/problem-reading.ts';
import { createRecorder } from './recorder/recorder.ts';
import { createContentRedaction, createRedaction } from './redaction/redaction.ts';
import type { RoomOperations } from './rooms/room-operations.ts';
import { createRoomReading } from './rooms/room-reading.ts';
import { createStatelyEndpoint } from './stately/stately-endpoint.ts';
import { createSummaries } from './summary/summaries.ts';
import { combineObservers } from '../actors/runtime/combine-observers.ts';
import { createWatcher } from './watch/watcher.ts';
import { nextTurn } from '../system/turns.ts';

export interface InspectorSettings {
  /** Whether pages may publish, read messages, send events, kick and close. */
  readonly control: boolean;
  /** Fields whose values are withheld, besides those that always are. */
  readonly redact: readonly string[];
  /**
   * How many transitions are recorded of each room and of each failed actor. 0: nothing is recorded, no failures
   * either.
   */
  readonly history: number;
}

export interface InspectorInput {
  readonly settings: InspectorSettings;
  /** The token that pages need where {@link InspectorInput.access} says `token`. Without one, all are refused there. */
  readonly token: string | undefined;
  /** Told of each wrong token. */
  readonly wrongToken?: () => void;
  /** Decides on the handshakes of pages, and on downloads. */
  readonly access: FeedAccess;
  /** Of the server. */
  readonly version: string;
  /** The pattern of the settings that rooms of this name go by, if there is one. */
  readonly patternOf: (room: string) => string | undefined;
  /** The events of the server: it hears those about failed actors, and tells of uses of the control. */
  readonly events: Pick<EventBus, 'on' | 'emit'>;
  readonly moments: Moments;
  readonly clock: Clock;
  /** Called with errors in the inspector, which are bugs. */
  readonly onError: (error: unknown) => void;
  /** Lets other work run during long work. Default: by `setImmediate`. */
  readonly yieldTurn?: () => Promise<void>;
}

export interface Inspector {
  /** For `createMachines`. */
  readonly observer: MachineObserver;
  /**
   * Gives the actors of the server, and what may be done in its rooms, when they are created. No page may connect before
   * that.
   */
  attach(population: Population, operations: RoomOperations, others?: OtherNodes): void;
  /** A page of the actors of this node, for the inspector of another one. */
  listActors(query: CatalogueQuery): Promise<Omit<NodeActors, 'node' | 'name'>>;
  /** For the sockets of pages, at `/inspector/feed`, and of Stately's inspectors, at `/inspector/stately`. */
  readonly endpoints: readonly SocketEndpoint[];
  /** `/inspector/history`. */
  readonly routes: readonly Route[];
  /** Closes the sockets of all pages. */
  close(): void;
}

export function createInspector(input: InspectorInput): Inspector {
  const { settings, access, version, events, moments, clock, onError, yieldTurn = nextTurn } = input;
  const now = (): number => moments.toDate(moments.read());
  const redaction = createRedaction(settings.redact);
  const describeError = (error: unknown): string => redaction.showError(error);
  const population = new LatePopulation();
  let others: OtherNodes | undefined;
  const summaries = createSummaries({ population, redaction, clock });
  const recorder = createRecorder({ entries: settings.history, moments, describeError });
  const watcher = createWatcher({
    population,
    describe: (entry) => summaries.describe(entry),
    redactEvent: (event) => redaction.showFields(event, 'type'),
    describeError,
    clock,
    now,
    onError,
  });
  const catalogue = createCatalogue({
    population,
    summaries,
    failures: () => summarizeFailures(recorder.failures()),
    clock,
    yieldTurn,
  });
  const everywhere = createNodesCatalogue(catalogue, summaries, () => others);
  const operations = (): RoomOperations => population.operations;
  const acts = new ActsLog(events, () => clock.now());
  const control = createControl({
    population,
    isAllowed: settings.control,
    operations,
    acts,
    clock,
    yieldTurn,
  });
  const reading = createRoomReading({
    population,
    operations,
    redaction: settings.control ? createContentRedaction(settings.redact) : redaction,
    patternOf: input.patternOf,
  });
  const charts = new Map<MachineName, Chart>();

  function historyOf(actor: ActorAddress): ActorHistory | undefined {
    const known = recorder.historyOf(actor);
    if (known !== undefined || findActor(population, actor) === undefined) return known;
    return { ...actor, entries: [] };
  }

  const answers: FeedAnswers = {
    welcome: () => ({
      type: 'welcome',
      version,
      control: control.isAllowed,
      machines: MACHINE_NAMES,
      redacted: redaction.names,
      sendable: control.sendable,
    }),
    catalogue: (request) => everywhere.ask(request),
    chart(machine) {
      const chart = charts.get(machine) ?? describeChart(MACHINES[machine]);
      charts.set(machine, chart);
      return chart;
    },
    watch: (actor, related, sink) => watcher.watch(actor, related, sink),
    history: historyOf,
    members(name, limit) {
      const room = population.directory.rooms.get(name);
      return room && listMembers(room, limit, summaries, redaction);
    },
    ...reading,
    ...createProblemReading(operations, redaction),
    acts: (room) => acts.latest(room),
    control: (actor, command, remoteAddress) => control.run(actor, command, remoteAddress),
  };

  events.on('room.failed', ({ room, error }) => recorder.noteFailure({ kind: 'room', id: room }, error));
  events.on('connection.failed', ({ id, error }) => recorder.noteFailure({ kind: 'connection', id }, error));
  events.on('member.failed', ({ room, member, error }) =>
    recorder.noteFailure({ kind: 'membership', id: nameMembership(member.id, room) }, error),
  );

  const isRightToken = createSecretCheck(input.token, input.wrongToken);
  const feed = createFeedEndpoint({ access, isRightToken, answers, clock, onError });
  const stately = createStatelyEndpoint({ access, isRightToken, population, answers, now, onError });
  return {
    observer: combineObservers(recorder.observer, { ...watcher.observer, watched: watcher.watched }),
    attach(living, roomOperations, otherNodes) {
      population.attach(living, roomOperations);
      others = otherNodes;
    },
    async listActors(query) {
      const {
        type: _,
        id: __,
        at: ___,
        ...found
      } = await catalogue.ask({ type: 'catalogue', id: 0, ...query });
      return found;
    },
    endpoints: [feed, stately],
    routes: [createHistoryRoute({ access, isRightToken, historyOf })],
    close() {
      feed.close();
      stately.close();
    },
  };
}

/** Both are known late: actors need machines, and those need the inspector's observer. */
class LatePopulation implements Population {
  #living: Population | undefined;
  #operations: RoomOperations | undefined;

  attach(living: Population, operations: RoomOperations): void {
    this.#living = living;
    this.#operations = operations;
  }

  get operations(): RoomOperations {
    return expectAttached(this.#operations);
  }

  get server(): Population['server'] {
    return this.#get().server;
  }

  get directory(): Population['directory'] {
    return this.#get().directory;
  }

  get proxies(): Population['proxies'] {
    return this.#get().proxies;
  }

  get backends(): Population['backends'] {
    return this.#get().backends;
  }

  get deliveries(): Population['deliveries'] {
    return this.#get().deliveries;
  }

  get redisLinks(): Population['redisLinks'] {
    return this.#get().redisLinks;
  }

  get questions(): Population['questions'] {
    return this.#get().questions;
  }

  #get(): Population {
    return expectAttached(this.#living);
  }
}

function expectAttached<Part>(part: Part | undefined): Part {
  if (part === undefined) throw new Error('the inspector was asked before it was attached');
  return part;
}

/** Each actor once, with its latest failure. */
function summarizeFailures(failures: readonly FailedActor[]): ActorSummary[] {
  const latest = new Map(
    failures.map(({ kind, id, states, at, error }) => [
      `${kind} ${id}`,
      { kind, id, status: 'failed' as const, states, since: at, figures: {}, error },
    ]),
  );
  return [...latest.values()];
}
