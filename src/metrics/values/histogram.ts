/** A histogram that is counted by hand: an observation is a few comparisons and makes no object. */

/** How many observations are in which class. */
export class HistogramCounts {
  /** The upper bounds of the classes, in rising order and in the unit of what is observed; a last class has the rest. */
  readonly bounds: readonly number[];
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  get sum(): number {
    return this.#sum;
  }

  get count(): number {
    return this.#counts.reduce((all, one) => all + one, 0);
  }

  observe(value: number): void {
    const { bounds } = this;
    let index = 0;
    while (index < bounds.length && value > bounds[index]!) index += 1;
    this.#counts[index]! += 1;
    this.#sum += value;
  }

  /** How many observations are not above each of the bounds. */
  cumulated(): number[] {
    let below = 0;
    return this.bounds.map((_, index) => (below += this.#counts[index] ?? 0));
  }
}
