/** Tells of actors in a line, or in full, as far as that may leave the server. Nothing runs until it is asked. */

import type { ActorSummary, FeedObject, WatchedActor } from '../feed/feed-protocol.ts';
import type { Inhabitant, Population } from '../population/population.ts';
import type { Redaction } from '../redaction/redaction.ts';
import { viewContext } from './context-view.ts';
import { readFigures, type Figures } from './figures.ts';
import { LeafStatesIndex, RESTING_STATES } from './leaf-states.ts';
import { sinceOf, statusOf, type Sighting } from './sighting.ts';
import { toSubject, userOf } from './subject.ts';

export interface SummariesInput {
  readonly population: Population;
  readonly redaction: Redaction;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface Summaries {
  /** Looks at an actor. It is done to every actor there is, so the rest is read when it is needed. */
  sight(inhabitant: Inhabitant): Sighting;
  /** Nothing where users are withheld. */
  userOf(sighting: Sighting): string | undefined;
  figuresOf(sighting: Sighting): Figures;
  summarize(sighting: Sighting): ActorSummary;
  /** The summary with the context, of an actor as it is now. */
  describe(inhabitant: Inhabitant): WatchedActor;
}

export function createSummaries({ population, redaction, now }: SummariesInput): Summaries {
  const index = new LeafStatesIndex();
  const withholdsUsers = redaction.withholds('user');

  function sight(inhabitant: Inhabitant): Sighting {
    const snapshot = inhabitant.actor?.getSnapshot();
    return { inhabitant, snapshot, states: snapshot === undefined ? RESTING_STATES : index.of(snapshot) };
  }

  function figuresOf(sighting: Sighting): Figures {
    return readFigures(toSubject(sighting), population, sinceOf(sighting), now());
  }

  function summarize(sighting: Sighting): ActorSummary {
    const { inhabitant, snapshot, states } = sighting;
    const user = userOf(toSubject(sighting));
    const status = statusOf(sighting);
    return {
      ...inhabitant.address,
      status,
      states: states.paths,
      since: sinceOf(sighting),
      ...(user !== undefined && { user: redaction.showText('user', user) }),
      figures: figuresOf(sighting),
      ...(status === 'failed' && { error: redaction.showError(snapshot?.error) }),
    };
  }

  function view(sighting: Sighting): FeedObject | undefined {
    const fields = viewContext(toSubject(sighting), sighting.states, population);
    return fields && redaction.showFields(fields);
  }

  return {
    sight,
    userOf: (sighting) => (withholdsUsers ? undefined : userOf(toSubject(sighting))),
    figuresOf,
    summarize,
    describe(inhabitant) {
      const sighting = sight(inhabitant);
      const context = view(sighting);
      return { ...summarize(sighting), ...(context !== undefined && { context }) };
    },
  };
}
