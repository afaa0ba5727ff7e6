/** Describes actors, in short or with their context, without what is withheld. */

import type { ActorSummary, FeedObject, WatchedActor } from '../feed/feed-protocol.ts';
import type { Clock } from '../../system/clock.ts';
import type { ActorEntry, Population } from '../population/population.ts';
import type { Redaction } from '../redaction/redaction.ts';
import { viewContext } from './context-view.ts';
import { readFigures, type Figures } from './figures.ts';
import { LeafStatesIndex, RESTING_STATES } from './leaf-states.ts';
import { ageOf, sinceOf, statusOf, type ActorReading } from './actor-reading.ts';
import { toSubject, userOf } from './subject.ts';

export interface SummariesInput {
  readonly population: Population;
  readonly redaction: Redaction;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
}

export interface Summaries {
  /** Reads an actor. This is done for every actor, so the rest is read only when it is needed. */
  read(entry: ActorEntry): ActorReading;
  /** Undefined where users are withheld. */
  userOf(reading: ActorReading): string | undefined;
  /** When it entered its states, in milliseconds since 1970; 0 when that is not known. */
  sinceOf(reading: ActorReading): number;
  figuresOf(reading: ActorReading): Figures;
  summarize(reading: ActorReading): ActorSummary;
  /** The summary with the context, of an actor as it is now. */
  describe(entry: ActorEntry): WatchedActor;
}

export function createSummaries({ population, redaction, clock }: SummariesInput): Summaries {
  const index = new LeafStatesIndex();
  const withholdsUsers = redaction.withholds('user');

  function read(entry: ActorEntry): ActorReading {
    const snapshot = entry.actor?.getSnapshot();
    return { entry, snapshot, states: snapshot === undefined ? RESTING_STATES : index.of(snapshot) };
  }

  function figuresOf(reading: ActorReading): Figures {
    return readFigures(toSubject(reading), population, ageOf(reading, clock) ?? 0);
  }

  function summarize(reading: ActorReading): ActorSummary {
    const { entry, snapshot, states } = reading;
    const user = userOf(toSubject(reading));
    const status = statusOf(reading);
    return {
      ...entry.address,
      status,
      states: states.paths,
      since: sinceOf(reading, clock),
      ...(user !== undefined && { user: redaction.showText('user', user) }),
      figures: figuresOf(reading),
      ...(status === 'failed' && { error: redaction.showError(snapshot?.error) }),
    };
  }

  function view(reading: ActorReading): FeedObject | undefined {
    const fields = viewContext(toSubject(reading), reading.states, population, clock);
    return fields && redaction.showFields(fields);
  }

  return {
    read,
    userOf: (reading) => (withholdsUsers ? undefined : userOf(toSubject(reading))),
    sinceOf: (reading) => sinceOf(reading, clock),
    figuresOf,
    summarize,
    describe(entry) {
      const reading = read(entry);
      const context = view(reading);
      return { ...summarize(reading), ...(context !== undefined && { context }) };
    },
  };
}
