import { expect, test } from 'vitest';
import type { FeedItem } from '../../src/inspect/feed/feed-protocol.ts';
import { createAcceptance, NO_FILTER } from './events/event-filter.ts';
import { EventFold } from './events/event-rows.ts';
import type { WatchListener } from './feed/feed.ts';
import { toSequence } from './sequence/sequence.ts';
import { effect, transition, watched } from './testing/feed-items.ts';
import { toTimelineBins } from './timeline/timeline-bins.ts';
import { WatchStore } from './watch/watch-store.ts';

const ROOM = { kind: 'room', id: 'room1' } as const;
const C1 = { kind: 'connection', id: 'c1' } as const;

test('a watch folds a thousand transitions a second at a small part of a frame', () => {
  let server: WatchListener | undefined;
  let drawFrame: ((time: number) => void) | undefined;
  const store = new WatchStore({
    client: {
      watch: (_actor, _related, listener) => {
        server = listener;
        return () => undefined;
      },
    },
    actor: ROOM,
    frames: { request: (callback) => void (drawFrame = callback) },
  });
  store.start();
  server?.began([watched(ROOM), watched(C1)]);
  const items = Array.from({ length: 50 }, (_, index): FeedItem => {
    if (index % 3 === 0) return effect(ROOM, { at: index });
    const actor = index % 2 === 0 ? ROOM : C1;
    return transition(actor, {
      at: index,
      event: `e${index % 7}`,
      taken: [`a|e${index % 7}|0`],
      source: C1,
    });
  });
  const seconds = 20;
  const fold = new EventFold({ accepts: createAcceptance(NO_FILTER) });
  let drawn = 0;
  // The processor's time is measured: other programs on the computer do not change it.
  const begun = process.cpuUsage();
  for (let batch = 0; batch < 20 * seconds; batch += 1) {
    const actors = [watched(ROOM, { context: { batch } })];
    server?.heard({ type: 'batch', id: 1, items, skipped: 0, actors });
    drawFrame?.(batch * 50);
    // What the panes compute from it: the list of events, the sequence and the timeline.
    const { log } = store.getView();
    drawn += toSequence(fold.of(log), ROOM, true).lanes.length;
    drawn += toTimelineBins(log.slice(), ROOM, 120).length;
  }
  const { user, system } = process.cpuUsage(begun);
  const percent = (user + system) / (10_000 * seconds);
  console.info(`1,000 transitions a second are folded with ${percent.toFixed(1)} % of a processor`);
  expect(drawn).toBeGreaterThan(0);
  expect(store.getView().log.last).toBe(1_000 * seconds);
});
