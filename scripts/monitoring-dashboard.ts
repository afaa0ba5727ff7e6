/** Prints the dashboard for Grafana: `npx tsx scripts/monitoring-dashboard.ts > examples/monitoring/statecast-dashboard.json`. */

import { MACHINES } from '../src/actors/machines.ts';
import { describeChart } from '../src/inspect/chart/describe-chart.ts';
import { makeDashboard } from './dashboard/dashboard.ts';

const charts = Object.values(MACHINES).map((machine) => describeChart(machine));
process.stdout.write(`${JSON.stringify(makeDashboard(charts), undefined, 2)}\n`);
