/** Puts the inspector together: what is recorded, who is watched, what is told and to whom. */

import type { Clock } from '../system/clock.ts';
import type { MachineObserver } from '../actors/runtime/live-machine.ts';
import { MACHINES } from '../actors/machines.ts';
import { nameMembership } from '../actors/room/membership.ts';
import type { ServerEventName, ServerEvents } from '../events/server-events.ts';
import type { Route } from '../http/router.ts';
import type { SocketEndpoint } from '../transport/socket-session.ts';
import { createCatalogue } from './catalogue/catalogue.ts';
import { MACHINE_NAMES } from './population/machine-names.ts';
import { listMembers } from './catalogue/room-members.ts';
import type { Chart } from './chart/chart.ts';
import { describeChart } from './chart/describe-chart.ts';
import { createControl } from './control/control.ts';
import type { FeedAnswers } from './endpoint/feed-answers.ts';
import { createFeedEndpoint, type FeedAccess } from './endpoint/feed-endpoint.ts';
import type { ActorAddress, ActorHistory, ActorSummary, MachineName } from './feed/feed-protocol.ts';
import { createTokenCheck } from './endpoint/feed-token.ts';
import { createHistoryRoute } from './endpoint/history-route.ts';
import { findActor, type Population } from './population/population.ts';
import type { FailedActor } from './recorder/failures.ts';
import { createRecorder } from './recorder/recorder.ts';
import { createRedaction } from './redaction/redaction.ts';
import { createStatelyEndpoint } from './stately/stately-endpoint.ts';
import { createSummaries } from './summary/summaries.ts';
import { combineObservers } from './watch/combine-observers.ts';
import { createWatcher } from './watch/watcher.ts';

export interface InspectorSettings {
  /** Whether pages may send events, kick and close. */
  readonly control: boolean;
  /** Fields whose values are withheld, besides those that always are. */
  readonly redact: readonly string[];
  /** Transitions that are remembered of each room and of each actor that fails. 0: none, and no failures either. */
  readonly history: number;
}

export interface InspectorInput {
  readonly settings: InspectorSettings;
  /** What pages must know where {@link InspectorInput.access} says `token`; without one they are all refused there. */
  readonly token: string | undefined;
  /** Judges the handshakes of pages, and downloads. */
  readonly access: FeedAccess;
  /** Of the server. */
  readonly version: string;
  /** Tells of actors that fail. */
  readonly events: {
    on<Name extends ServerEventName>(name: Name, listener: (event: ServerEvents[Name]) => void): void;
  };
  /** Milliseconds since 1970, with fractions where there are any. */
  readonly now: () => number;
  readonly clock: Clock;
  /** Told of bugs in the inspector; nobody else notices them. */
  readonly onError: (error: unknown) => void;
  /** Lets others have their turn in long work. Default: by `setImmediate`. */
  readonly yieldTurn?: () => Promise<void>;
}

export interface Inspector {
  /** For `createMachines`. */
  readonly observer: MachineObserver;
  /** Tells who lives in the server, as soon as they are made; before that no page may connect. */
  attach(population: Population): void;
  /** Take the sockets of pages, at `/inspector/feed`, and of Stately's inspectors, at `/inspector/stately`. */
  readonly endpoints: readonly SocketEndpoint[];
  /** `/inspector/history`. */
  readonly routes: readonly Route[];
  /** Says goodbye to all pages. */
  close(): void;
}

export function createInspector(input: InspectorInput): Inspector {
  const { settings, access, version, events, now, clock, onError, yieldTurn = nextTurn } = input;
  const redaction = createRedaction(settings.redact);
  const describeError = (error: unknown): string => redaction.showError(error);
  const population = new LatePopulation();
  const summaries = createSummaries({ population, redaction, now });
  const recorder = createRecorder({ entries: settings.history, now, describeError });
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
    now,
    yieldTurn,
  });
  const control = createControl({ population, isAllowed: settings.control, clock, yieldTurn });
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
    catalogue: (request) => catalogue.ask(request),
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
    control: (actor, command) => control.run(actor, command),
  };

  events.on('room.failed', ({ room, error }) => recorder.noteFailure({ kind: 'room', id: room }, error));
  events.on('connection.failed', ({ id, error }) => recorder.noteFailure({ kind: 'connection', id }, error));
  events.on('member.failed', ({ room, member, error }) =>
    recorder.noteFailure({ kind: 'membership', id: nameMembership(member.id, room) }, error),
  );

  const isRightToken = createTokenCheck(input.token);
  const feed = createFeedEndpoint({ access, isRightToken, answers, clock, onError });
  const stately = createStatelyEndpoint({ access, isRightToken, population, answers, now, onError });
  return {
    observer: combineObservers(recorder.observer, { ...watcher.observer, watched: watcher.watched }),
    attach: (living) => population.attach(living),
    endpoints: [feed, stately],
    routes: [createHistoryRoute({ access, isRightToken, historyOf })],
    close() {
      feed.close();
      stately.close();
    },
  };
}

/** Those who live in the server are made of machines, which are made with the inspector's observer. */
class LatePopulation implements Population {
  #living: Population | undefined;

  attach(living: Population): void {
    this.#living = living;
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

  #get(): Population {
    if (this.#living === undefined) throw new Error('the inspector was asked before it was attached');
    return this.#living;
  }
}

/** Each once, by its latest failure. */
function summarizeFailures(failures: readonly FailedActor[]): ActorSummary[] {
  const latest = new Map(
    failures.map(({ kind, id, states, at, error }) => [
      `${kind} ${id}`,
      { kind, id, status: 'failed' as const, states, since: at, figures: {}, error },
    ]),
  );
  return [...latest.values()];
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
