/** Hooks for the page's stores and the browser window. */

import type { Store } from './view-store.ts';
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';

export function useStore<View>(store: Store<View>): View {
  return useSyncExternalStore(store.subscribe, store.getView);
}

/** Whether a media query holds. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const list = matchMedia(query);
      list.addEventListener('change', listener);
      return () => list.removeEventListener('change', listener);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}

export interface ElementSize {
  readonly width: number;
  readonly height: number;
}

/**
 * The inner size of the element that the ref is given to, in CSS pixels; zeros before it is known. An element that
 * is hidden for a while keeps the size that it had.
 */
export function useElementSize(): [(target: Element | null) => void, ElementSize] {
  const [size, setSize] = useState<ElementSize>({ width: 0, height: 0 });
  const observer = useRef<ResizeObserver | undefined>(undefined);
  const ref = useCallback((target: Element | null) => {
    observer.current?.disconnect();
    if (target === null) return;
    observer.current = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      if (width === 0 || height === 0) return;
      setSize((before) => (before.width === width && before.height === height ? before : { width, height }));
    });
    observer.current.observe(target);
  }, []);
  return [ref, size];
}

/** The current time, updated at each interval; in milliseconds since 1970. */
export function useNow(intervalMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), intervalMs);
    return () => clearInterval(timer);
  }, [intervalMs]);
  return now;
}

/** Whether the page is visible. */
export function useDocumentVisible(): boolean {
  return useSyncExternalStore(subscribeToVisibility, () => document.visibilityState === 'visible');
}

function subscribeToVisibility(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}
