/** Makes one text in Prometheus' format out of those of several processes. Each of their samples says whose it is. */

/**
 * Puts together what is told of each metric: its lines may stand in one place only.
 * @param texts As prom-client writes them: an empty line between two metrics.
 */
export function mergeExpositions(texts: readonly string[]): string {
  const metrics = new Map<string, { readonly head: string; readonly samples: string[] }>();
  for (const text of texts) {
    for (const metric of text.trim().split('\n\n')) {
      const [help = '', type = '', ...samples] = metric.split('\n');
      const name = help.split(' ', 3)[2] ?? '';
      const known = metrics.get(name);
      if (known === undefined) metrics.set(name, { head: `${help}\n${type}`, samples });
      else known.samples.push(...samples);
    }
  }
  return `${[...metrics.values()].map(({ head, samples }) => [head, ...samples].join('\n')).join('\n\n')}\n`;
}
