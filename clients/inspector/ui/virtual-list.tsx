/** A long list of rows of one height, of which only those in view are drawn. */

import {
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from 'react';
import { useElementSize } from './hooks.ts';
import { rowAtKey, scrollTopFor, windowOf, type RowWindow, type Scroll } from './windowing.ts';

export interface VirtualListProps {
  readonly label: string;
  readonly className?: string;
  readonly total: number;
  /** In CSS pixels. */
  readonly rowHeight: number;
  /** The row that the keys start from; -1 for none. */
  readonly active: number;
  /** The selected row, if it is not the active one. */
  readonly selected?: number | undefined;
  /** A key has moved to a row. */
  readonly onActive: (row: number) => void;
  /** A row was clicked, or Enter was pressed on it. */
  readonly onChoose: (row: number) => void;
  /** The pointer is over a row; undefined: it has left the rows. */
  readonly onHover?: (row: number | undefined) => void;
  /** Other rows are in view. */
  readonly onWindow?: (window: RowWindow) => void;
  /**
   * Whether the list scrolls to a new active row: `always`, or only if the one before was in view, so that a reader
   * who has scrolled away is not moved. Default: never.
   */
  readonly follow?: 'always' | 'in-sight';
  /** A stable name of a row, for React. */
  readonly keyOf: (row: number) => string | number;
  readonly render: (row: number) => ReactNode;
  readonly rowClass?: (row: number) => string | undefined;
  /** Drawn behind the rows, as tall as all of them. */
  readonly backdrop?: ReactNode;
  /** Shown above the rows; does not scroll with them. */
  readonly head?: ReactNode;
  readonly minWidth?: number;
}

export function VirtualList(props: VirtualListProps): ReactNode {
  const { label, className = '', total, rowHeight, active, selected, keyOf, render } = props;
  const { onActive, onChoose, onHover, onWindow, follow, head } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement | null>(null);
  const [measure, size] = useElementSize();
  const [top, setTop] = useState(0);
  const attach = useCallback(
    (element: HTMLDivElement | null) => {
      scroller.current = element;
      measure(element);
    },
    [measure],
  );
  const { start, end } = windowOf({ top, height: size.height }, rowHeight, total);

  useEffect(() => onWindow?.({ start, end }), [onWindow, start, end]);

  // In a layout effect: it must scroll before the paint.
  const before = useRef<number | undefined>(undefined);
  useLayoutEffect(() => {
    if (size.height === 0) return;
    const isTold = before.current === undefined || follow === 'always' || isInSight(before.current);
    if (follow !== undefined && isTold && active >= 0) reveal(active);
    before.current = active;
  }, [active, total, size.height, follow]);

  const rows: ReactNode[] = [];
  for (let row = start; row < end; row += 1) {
    const isChosen = row === (selected ?? active);
    const classes = ['row', props.rowClass?.(row), row === active && 'active', isChosen && 'selected'];
    rows.push(
      <div
        key={keyOf(row)}
        id={`${id}-${row}`}
        className={classes.filter(Boolean).join(' ')}
        role="option"
        aria-selected={isChosen}
        aria-posinset={row + 1}
        aria-setsize={total}
        style={{ top: row * rowHeight, height: rowHeight }}
        onClick={() => onChoose(row)}
        onPointerEnter={() => onHover?.(row)}
      >
        {render(row)}
      </div>,
    );
  }

  return (
    <div
      ref={attach}
      className={`virtual-list ${className}`}
      role="listbox"
      aria-label={label}
      aria-activedescendant={active >= start && active < end ? `${id}-${active}` : undefined}
      tabIndex={0}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onKeyDown={handleKey}
      onPointerLeave={() => onHover?.(undefined)}
    >
      {head}
      <div
        className="rows"
        role="presentation"
        style={{ height: total * rowHeight, minWidth: props.minWidth }}
      >
        {props.backdrop}
        {rows}
      </div>
    </div>
  );

  function handleKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if ((event.key === 'Enter' || event.key === ' ') && active >= 0) {
      event.preventDefault();
      return onChoose(active);
    }
    const pageRows = Math.max(1, Math.floor(size.height / rowHeight) - 1);
    const to = rowAtKey(event.key, active, total, pageRows);
    if (to === undefined) return;
    event.preventDefault();
    reveal(to);
    onActive(to);
  }

  function reveal(row: number): void {
    const element = scroller.current;
    const to = element && scrollTopFor(row, sightOf(element), rowHeight);
    if (element === null || to === undefined || to === null) return;
    element.scrollTop = to;
    // The scroll event comes after the next paint, which would show no rows.
    setTop(element.scrollTop);
  }

  function isInSight(row: number): boolean {
    const element = scroller.current;
    if (element === null) return false;
    const { top, height } = sightOf(element);
    return row * rowHeight > top - 2 * rowHeight && row * rowHeight < top + height + rowHeight;
  }

  function sightOf(element: Element): Scroll {
    return {
      top: element.scrollTop,
      height: element.clientHeight - (head === undefined ? 0 : HEAD_HEIGHT),
    };
  }
}

/** The height of a list's head, in CSS pixels. */
export const HEAD_HEIGHT = 28;
