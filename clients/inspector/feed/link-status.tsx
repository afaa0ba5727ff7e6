/** In the page's head: the state of the link, the server's version, and whether the page may control the server. */

import type { ReactNode } from 'react';
import type { FeedClient, LinkState } from './feed.ts';
import { describeLink } from './link-words.ts';

interface LinkStatusProps {
  readonly client: FeedClient;
  readonly state: LinkState;
}

export function LinkStatus({ client, state }: LinkStatusProps): ReactNode {
  const { welcome } = client;
  return (
    <>
      {welcome?.control === true && (
        <span className="badge" title="inspector.control is set: this page can act on the server">
          control
        </span>
      )}
      {welcome !== undefined && <span className="version">{welcome.version}</span>}
      <span className="link-status" data-state={state.name} data-testid="link">
        <span className="words">{describeLink(state)}</span>
      </span>
      {state.name === 'waiting' && (
        <button type="button" className="link" onClick={() => client.connect()}>
          Try now
        </button>
      )}
    </>
  );
}
