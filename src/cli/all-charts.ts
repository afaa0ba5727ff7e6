/** The charts of all machines: those of a server, and that of a worker in its primary process. */

import type { AnyStateMachine } from 'xstate';
import { MACHINES } from '../actors/machines.ts';
import type { Chart } from '../inspect/chart/chart.ts';
import { describeChart } from '../inspect/chart/describe-chart.ts';
import { workerMachine } from '../workers/primary/worker-machine.ts';

const ALL: readonly AnyStateMachine[] = [...Object.values(MACHINES), workerMachine];

export const ALL_CHARTS: readonly Chart[] = ALL.map((machine) => describeChart(machine));
