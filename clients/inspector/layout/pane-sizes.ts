/** The sizes of the panes, kept between visits. */

import type { StoredText } from '../../shared/stored-text.ts';

/** In CSS pixels. */
export interface PaneSizes {
  readonly left: number;
  readonly right: number;
  readonly below: number;
  readonly events: number;
}

const DEFAULT_SIZES: PaneSizes = { left: 300, right: 360, below: 232, events: 220 };

/** Reads the kept sizes; one that is missing or no number has its default. */
export function recallSizes(stored: StoredText): PaneSizes {
  const kept = parse(stored.read() ?? '{}');
  const sizes = Object.entries(DEFAULT_SIZES).map(([name, size]) => {
    const found = kept[name];
    return [name, typeof found === 'number' && Number.isFinite(found) ? found : size];
  });
  return Object.fromEntries(sizes) as PaneSizes;
}

export function keepSizes(sizes: PaneSizes, stored: StoredText): void {
  stored.write(JSON.stringify(sizes));
}

function parse(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
