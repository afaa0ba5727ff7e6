/** Moves a picture with one pointer, and zooms it with two fingers or with the wheel. */

import { type HTMLAttributes, type PointerEvent, type RefObject, useEffect, useRef } from 'react';
import type { Point } from '../../../../src/inspect/chart/chart-layout.ts';
import type { ViewportMoves } from './use-viewport.ts';

/** A pointer that moves less than this, in CSS pixels, is a click. */
const CLICK_SLACK = 4;

/** How far the wheel zooms, for each pixel, line or page that it turns. */
const WHEEL_STEPS = [0.002, 0.05, 1];
/** On macOS two fingers on a touchpad come as a wheel with the control key, in small steps. */
const PINCH_FACTOR = 10;

type Gestures = Pick<
  HTMLAttributes<HTMLElement>,
  'onPointerDown' | 'onPointerMove' | 'onPointerUp' | 'onPointerCancel' | 'onClickCapture'
>;

/** @returns the handlers of the element */
export function useGestures(
  element: RefObject<HTMLElement | null>,
  moves: Pick<ViewportMoves, 'pan' | 'zoomAt'>,
): Gestures {
  /** Where each pointer that is down was last, on the screen. */
  const pointers = useRef(new Map<number, Point>());
  const isDrag = useRef(false);
  const latest = useRef(moves);
  latest.current = moves;

  useEffect(() => {
    const target = element.current;
    // Listeners of React are passive for the wheel: they cannot prevent the page from scrolling.
    target?.addEventListener('wheel', handleWheel, { passive: false });
    return () => target?.removeEventListener('wheel', handleWheel);
  }, [element]);

  return {
    onPointerDown: (event) => {
      if (event.button !== 0) return;
      if (pointers.current.size === 0) isDrag.current = false;
      pointers.current.set(event.pointerId, toScreen(event));
    },
    onPointerMove: (event) => {
      const before = pointers.current.get(event.pointerId);
      if (before === undefined) return;
      // The pointer was released outside of the element, so its release was missed.
      if (event.buttons === 0) return release(event);
      const now = toScreen(event);
      if (!isDrag.current && distance(before, now) < CLICK_SLACK) return;
      isDrag.current = true;
      event.currentTarget.setPointerCapture(event.pointerId);
      follow(event.pointerId, before, now);
    },
    onPointerUp: release,
    onPointerCancel: release,
    // The end of a drag is no click.
    onClickCapture: (event) => {
      if (isDrag.current) event.stopPropagation();
      isDrag.current = false;
    },
  };

  function follow(id: number, before: Point, now: Point): void {
    const other = [...pointers.current].find(([each]) => each !== id)?.[1];
    pointers.current.set(id, now);
    const { pan, zoomAt } = latest.current;
    if (other === undefined) return pan({ x: now.x - before.x, y: now.y - before.y });
    // Of two fingers, the middle moves by half of what one of them moves.
    pan({ x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 });
    const apart = distance(before, other);
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    if (apart > 0) zoomAt(middle, distance(now, other) / apart);
  }

  function release({ pointerId }: PointerEvent): void {
    pointers.current.delete(pointerId);
  }

  function handleWheel(event: WheelEvent): void {
    event.preventDefault();
    const isPinch = event.ctrlKey && navigator.userAgent.includes('Mac');
    const step = (WHEEL_STEPS[event.deltaMode] ?? 1) * (isPinch ? PINCH_FACTOR : 1);
    latest.current.zoomAt(toScreen(event), 2 ** (-event.deltaY * step));
  }

  /** From the upper left corner of the element. */
  function toScreen({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }): Point {
    const { left, top } = element.current!.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }
}

function distance(from: Point, to: Point): number {
  return Math.hypot(to.x - from.x, to.y - from.y);
}
