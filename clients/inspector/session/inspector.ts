/** Puts the page's parts together, without a page: the link, the catalogue, the charts, the watches. */

import type { ActorAddress } from '../../../src/inspect/feed/feed-protocol.ts';
import type { Announcer } from '../../shared/announcer.ts';
import { CatalogueStore } from '../catalogue/catalogue-store.ts';
import { ChartStore } from '../chart/machine-charts.ts';
import { createFeedClient } from '../feed/feed-client.ts';
import type { FeedClient, LinkState } from '../feed/feed.ts';
import type { Store } from '../ui/hooks.ts';
import { describeLink } from '../feed/link-words.ts';
import { readReason } from '../feed/read-reason.ts';
import { forgetToken, keepToken, recallToken } from './session-token.ts';
import { Watches } from '../watch/watches.ts';

export interface Inspector {
  readonly client: FeedClient;
  readonly link: Store<LinkState>;
  readonly catalogue: CatalogueStore;
  readonly charts: ChartStore;
  readonly watches: Watches;
  readonly announcer: Announcer;
}

/** Makes the parts; nothing is connected until `client.connect()`. */
export function createInspector(url: string, announcer: Announcer): Inspector {
  const client = createFeedClient({ url, token: recallToken(), readReason: () => readReason() });
  let isLost = false;
  let wasReady = false;
  client.subscribe(() => {
    const { state, token } = client;
    const isReady = state.name === 'ready';
    // Only a token that was good is worth keeping.
    if (isReady && token !== undefined) keepToken(token);
    if (state.name === 'locked') forgetToken();
    const isLoss = wasReady && state.name === 'waiting';
    if (isLoss || (isLost && isReady)) announcer.announce(describeLink(state));
    if (isLoss || isReady) isLost = isLoss;
    wasReady = isReady;
  });
  return {
    client,
    link: { subscribe: (listener) => client.subscribe(listener), getView: () => client.state },
    catalogue: new CatalogueStore(client),
    charts: new ChartStore(client),
    watches: new Watches(client, (actor, how, error) => announcer.announce(describeEnd(actor, how, error))),
    announcer,
  };
}

function describeEnd({ kind, id }: ActorAddress, how: 'ended' | 'failed', error: string | undefined): string {
  return how === 'failed'
    ? `${kind} ${id} has failed: ${error ?? 'no reason given'}`
    : `${kind} ${id} has ended`;
}
