/** How large the panes are, kept from visit to visit. */

/** In CSS pixels. */
export interface PaneSizes {
  readonly left: number;
  readonly right: number;
  readonly below: number;
  readonly events: number;
}

const DEFAULT_SIZES: PaneSizes = { left: 300, right: 360, below: 232, events: 220 };
const KEY = 'statecast.inspector.panes';

export function recallSizes(storage: () => Pick<Storage, 'getItem'> = () => localStorage): PaneSizes {
  try {
    const kept = JSON.parse(storage().getItem(KEY) ?? '{}') as Partial<Record<keyof PaneSizes, unknown>>;
    const sizeOf = (name: keyof PaneSizes): number => {
      const size = kept[name];
      return typeof size === 'number' && Number.isFinite(size) ? size : DEFAULT_SIZES[name];
    };
    return {
      left: sizeOf('left'),
      right: sizeOf('right'),
      below: sizeOf('below'),
      events: sizeOf('events'),
    };
  } catch {
    return DEFAULT_SIZES;
  }
}

/** Where the browser forbids it, they last as long as the page. */
export function keepSizes(
  sizes: PaneSizes,
  storage: () => Pick<Storage, 'setItem'> = () => localStorage,
): void {
  try {
    storage().setItem(KEY, JSON.stringify(sizes));
  } catch {
    // Nothing is lost but a comfort.
  }
}
