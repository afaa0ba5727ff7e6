/** What a dashboard is planned as, and the queries of its panels. */

export interface Query {
  readonly expr: string;
  readonly legend: string;
}

export interface PanelPlan {
  readonly title: string;
  readonly description?: string;
  /** As Grafana names it, such as `s` or `reqps`. Default: `short`. */
  readonly unit?: string;
  readonly queries: readonly Query[];
  /** Whether the values are parts of a whole. */
  readonly stacks?: boolean;
}

export interface RowPlan {
  readonly title: string;
  readonly isCollapsed: boolean;
  readonly panels: readonly PanelPlan[];
}

export const SERVER = '{instance=~"$instance"}';
export const RATE = '[$__rate_interval]';

/** Labels of one metric, besides the instance. */
export function of(labels: string): string {
  return `{instance=~"$instance", ${labels}}`;
}

export function rate(metric: string, by: string, labels = SERVER): string {
  const sum = by === '' ? 'sum' : `sum by (${by})`;
  return `${sum} (rate(${metric}${labels}${RATE}))`;
}

export function quantile(q: number, metric: string, by: string, labels = SERVER): string {
  const groups = by === '' ? 'le' : `le, ${by}`;
  return `histogram_quantile(${q}, sum by (${groups}) (rate(${metric}_bucket${labels}${RATE})))`;
}

export function one(expr: string, legend: string): readonly Query[] {
  return [{ expr, legend }];
}
