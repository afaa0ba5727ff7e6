/** The token that a page may be given in its address, as `#token=…`. The part behind # is never sent to a server. */

import type { StoredText } from '../../shared/stored-text.ts';

/** The parts of the browser that are used. */
export interface TokenPlaces {
  readonly hash: string;
  /** Takes the token out of the address bar. */
  readonly clearHash: () => void;
  /** Keeps it while the tab is open, so that the page can be loaded again. */
  readonly stored: StoredText;
}

/** Reads the token of the address, or the one that this tab had before. */
export function takeToken({ hash, clearHash, stored }: TokenPlaces): string | undefined {
  const given = new URLSearchParams(hash.replace(/^#/, '')).get('token');
  if (given === null) return stored.read();
  clearHash();
  stored.write(given === '' ? undefined : given);
  return given === '' ? undefined : given;
}
