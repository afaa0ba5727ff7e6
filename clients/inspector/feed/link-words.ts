/** The state of the link to the server as text. */

import type { LinkState } from './feed.ts';

export function describeLink(state: LinkState): string {
  switch (state.name) {
    case 'resting':
      return 'not connected';
    case 'connecting':
      return 'connecting…';
    case 'ready':
      return 'connected';
    case 'waiting':
      return 'not connected, trying again…';
    case 'locked':
      return 'token required';
    case 'barred':
      return 'closed';
  }
}
