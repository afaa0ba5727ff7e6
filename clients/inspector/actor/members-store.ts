/** The members of one room, polled while the page is visible. */

import type { FeedMessage } from '../../../src/inspect/feed/feed-protocol.ts';
import type { Clock } from '../../shared/clock.ts';
import { createPolling, type Polling } from '../../shared/polling.ts';
import type { FeedClient } from '../feed/feed.ts';
import { ViewStore } from '../ui/view-store.ts';

export type Members = Extract<FeedMessage, { type: 'members' }>;

export const MEMBERS_INTERVAL_MS = 1_000;
/** Members in one answer, which is the limit of the server; a room may have more. */
export const MOST_MEMBERS = 1_000;

export class MembersStore extends ViewStore<Members | undefined> {
  readonly #client: Pick<FeedClient, 'ask'>;
  readonly #room: string;
  readonly #polling: Polling;

  constructor(client: Pick<FeedClient, 'ask'>, room: string, clock?: Clock) {
    super(undefined);
    this.#client = client;
    this.#room = room;
    this.#polling = createPolling({
      ask: () => this.#ask(),
      listener: (members) => this.show(members),
      intervalMs: MEMBERS_INTERVAL_MS,
      clock,
    });
  }

  setVisible(isVisible: boolean): void {
    this.#polling.setVisible(isVisible);
  }

  async #ask(): Promise<Members | undefined> {
    const outcome = await this.#client.ask({ type: 'members', room: this.#room, limit: MOST_MEMBERS });
    if (outcome.type === 'answered') return outcome.answer;
    return outcome.type === 'refused' ? undefined : this.getView();
  }
}
