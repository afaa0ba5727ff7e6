/** Creates the parts of the page that are not drawn: the link, the catalogue, the charts, the watches. */

import type { ActorAddress } from '../../../src/inspect/feed/feed-protocol.ts';
import type { Announcer } from '../../shared/announcer.ts';
import { createStoredText } from '../../shared/stored-text.ts';
import { CatalogueStore } from '../catalogue/catalogue-store.ts';
import { MachineCharts } from '../chart/machine-charts.ts';
import { createFeedClient } from '../feed/feed-client.ts';
import type { FeedClient, LinkState } from '../feed/feed.ts';
import type { Store } from '../ui/view-store.ts';
import { describeLink } from '../feed/link-words.ts';
import { readReason } from '../feed/history-route.ts';
import { Watches } from '../watch/watches.ts';

/** The admin token, as long as the tab is open. It goes into no URL and no lasting storage. */
const storedToken = createStoredText('statecast.inspector.token', () => sessionStorage);

export interface Inspector {
  readonly client: FeedClient;
  readonly link: Store<LinkState>;
  readonly catalogue: CatalogueStore;
  readonly charts: MachineCharts;
  readonly watches: Watches;
  readonly announcer: Announcer;
}

/** Creates the parts; nothing is connected until `client.connect()`. */
export function createInspector(url: string, announcer: Announcer): Inspector {
  const client = createFeedClient({ url, token: storedToken.read(), readReason: () => readReason() });
  let isLost = false;
  let wasReady = false;
  client.subscribe(() => {
    const { state, token } = client;
    const isReady = state.name === 'ready';
    // Only a token that the server took is kept.
    if (isReady && token !== undefined) storedToken.write(token);
    if (state.name === 'locked') storedToken.write(undefined);
    const isLoss = wasReady && state.name === 'waiting';
    if (isLoss || (isLost && isReady)) announcer.announce(describeLink(state));
    if (isLoss || isReady) isLost = isLoss;
    wasReady = isReady;
  });
  return {
    client,
    link: { subscribe: (listener) => client.subscribe(listener), getView: () => client.state },
    catalogue: new CatalogueStore(client),
    charts: new MachineCharts(client),
    watches: new Watches(client, (actor, how, error) => announcer.announce(describeEnd(actor, how, error))),
    announcer,
  };
}

function describeEnd({ kind, id }: ActorAddress, how: 'ended' | 'failed', error: string | undefined): string {
  return how === 'failed'
    ? `${kind} ${id} has failed: ${error ?? 'no reason given'}`
    : `${kind} ${id} has ended`;
}
