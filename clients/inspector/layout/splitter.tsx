/** The movable line between two panes. */

import { useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';

interface SplitterProps {
  readonly label: string;
  /** The direction of the line. */
  readonly orientation: 'vertical' | 'horizontal';
  /** The size of the pane that it sets, in CSS pixels. */
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** The pane is after the line: it grows when the line moves left or up. */
  readonly isAfter?: boolean;
  readonly onChange: (value: number) => void;
}

const STEP_PX = 16;

export function Splitter(props: SplitterProps): ReactNode {
  const { label, orientation, value, min, max, isAfter = false, onChange } = props;
  const grip = useRef<{ readonly pointer: number; readonly value: number } | undefined>(undefined);
  const direction = isAfter ? -1 : 1;
  return (
    <div
      className={`splitter ${orientation}`}
      role="separator"
      aria-label={label}
      aria-orientation={orientation}
      aria-valuenow={Math.round(value)}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      onKeyDown={handleKey}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        grip.current = { pointer: along(event), value };
      }}
      onPointerMove={(event) => {
        if (grip.current === undefined) return;
        change(grip.current.value + direction * (along(event) - grip.current.pointer));
      }}
      onPointerUp={() => (grip.current = undefined)}
      onPointerCancel={() => (grip.current = undefined)}
    />
  );

  function along(event: PointerEvent): number {
    return orientation === 'vertical' ? event.clientX : event.clientY;
  }

  function handleKey(event: KeyboardEvent): void {
    const [less, more] = orientation === 'vertical' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
    if (event.key !== less && event.key !== more) return;
    event.preventDefault();
    change(value + direction * (event.key === more ? STEP_PX : -STEP_PX));
  }

  function change(to: number): void {
    onChange(Math.min(Math.max(to, min), max));
  }
}
