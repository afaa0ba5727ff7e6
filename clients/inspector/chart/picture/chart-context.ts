/** What the parts of a picture share. */

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
  if (value === undefined) throw new Error('a part of a chart is used outside of a chart');
  return value;
}

/**
 * Marks an element with `data-taken` while one of these transitions is played. The attribute is set without React,
 * because transitions can be taken many times a second.
 * @param onStart is called when it starts; must be a stable function
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
