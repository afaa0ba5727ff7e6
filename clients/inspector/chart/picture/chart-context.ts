/** What the parts of a picture share, besides the geometry that each is given. */

import { createContext, type RefObject, useContext, useEffect } from 'react';
import type { LitStates } from './lit-states.ts';
import type { TakenPlayer } from './taken-player.ts';
import type { TravellingDots } from './travelling-dots.ts';

export interface ChartContextValue {
  readonly store: LitStates;
  readonly player: TakenPlayer;
  readonly dots: TravellingDots;
  /** A transition with its condition and all its actions, in one line. */
  readonly nameTransition: (id: string) => string;
}

export const ChartContext = createContext<ChartContextValue | undefined>(undefined);

export function useChart(): ChartContextValue {
  const value = useContext(ChartContext);
  if (value === undefined) throw new Error('a part of a chart stands outside of one');
  return value;
}

/**
 * Marks an element with `data-taken` while one of these transitions is played. The element is marked directly:
 * nothing is drawn again for it, however often it happens.
 * @param onStart begins what else shows it; keep it the same from one drawing to the next
 */
export function useTaken(
  transitions: readonly string[],
  element: RefObject<Element | null>,
  onStart?: () => void,
): void {
  const { player } = useChart();
  useEffect(() => {
    const playable = {
      start: () => {
        element.current?.setAttribute('data-taken', 'true');
        onStart?.();
      },
      stop: () => element.current?.removeAttribute('data-taken'),
    };
    const withdrawals = transitions.map((transition) => player.register(transition, playable));
    return () => {
      for (const withdraw of withdrawals) withdraw();
      playable.stop();
    };
  }, [player, transitions, element, onStart]);
}
