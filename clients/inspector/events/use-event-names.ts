/** The names of events, as soon as the charts tell them. */

import { useEffect, useMemo } from 'react';
import { MACHINE_NAMES } from '../names/address.ts';
import type { MachineCharts } from '../chart/machine-charts.ts';
import { createEventNames, type EventNames } from './event-names.ts';
import { useStore } from '../ui/hooks.ts';

/** @param isNeeded whether events are shown at all */
export function useEventNames(charts: MachineCharts, isNeeded: boolean): EventNames {
  const known = useStore(charts);
  useEffect(() => {
    if (isNeeded) for (const machine of MACHINE_NAMES) charts.want(machine);
  }, [charts, isNeeded]);
  return useMemo(() => createEventNames(known), [known]);
}
