/** Which rows of a long list are drawn, as plain numbers. */

/** Rows that are drawn beyond each edge, so slow scrolling shows no empty space. */
const OVERSCAN_ROWS = 6;

export interface RowWindow {
  /** The first row that is drawn. */
  readonly start: number;
  /** The first row after the drawn ones. */
  readonly end: number;
}

export interface Scroll {
  /** In CSS pixels, as the row's height. */
  readonly top: number;
  readonly height: number;
}

export function windowOf({ top, height }: Scroll, rowHeight: number, total: number): RowWindow {
  const start = Math.floor(top / rowHeight) - OVERSCAN_ROWS;
  const end = Math.ceil((top + height) / rowHeight) + OVERSCAN_ROWS;
  return { start: clamp(start, total), end: clamp(end, total) };
}

/** Where to scroll to bring a row into view; undefined when it is in view already. */
export function scrollTopFor(row: number, { top, height }: Scroll, rowHeight: number): number | undefined {
  const rowTop = row * rowHeight;
  if (rowTop < top) return rowTop;
  if (rowTop + rowHeight > top + height) return Math.max(0, rowTop + rowHeight - height);
  return undefined;
}

/** The row that a key leads to in a list of `total` rows; undefined for other keys. */
export function rowAtKey(key: string, from: number, total: number, pageRows: number): number | undefined {
  const to = targetOf(key, from, total, pageRows);
  return to === undefined || total === 0 ? undefined : Math.min(Math.max(to, 0), total - 1);
}

function targetOf(key: string, from: number, total: number, pageRows: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return from + 1;
    case 'ArrowUp':
      return from - 1;
    case 'PageDown':
      return from + pageRows;
    case 'PageUp':
      return from - pageRows;
    case 'Home':
      return 0;
    case 'End':
      return total - 1;
    default:
      return undefined;
  }
}

function clamp(row: number, total: number): number {
  return Math.min(Math.max(row, 0), total);
}
