/** Counts durations in buckets that grow with the duration, so that the memory is always the same. */

/** Buckets between a power of two and the next: quantiles are exact to 1/64, 1.6 %. */
const BUCKETS_PER_OCTAVE = 64;
/** Durations below this many microseconds are counted exactly. */
const EXACT_BELOW = BUCKETS_PER_OCTAVE;
const OCTAVES = 32;
const EXACT_BITS = Math.log2(EXACT_BELOW);
const TOP = 2 ** 31 - 1;

export class Histogram {
  readonly #buckets = new Float64Array(BUCKETS_PER_OCTAVE * OCTAVES);
  #count = 0;
  #max = 0;

  /** The number of recorded durations. */
  get count(): number {
    return this.#count;
  }

  /** The longest duration, in microseconds. */
  get max(): number {
    return this.#max;
  }

  /** Records a duration in microseconds, without fractions; a negative one counts as 0. */
  record(micros: number): void {
    const value = micros > TOP ? TOP : micros > 0 ? Math.trunc(micros) : 0;
    const index = bucketOf(value);
    this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
    this.#count += 1;
    if (value > this.#max) this.#max = value;
  }

  /** The duration in microseconds that a share of all durations did not exceed; 0 when none was recorded. */
  quantile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    for (const [index, count] of this.#buckets.entries()) {
      seen += count;
      if (seen >= rank) return Math.min(upperEdgeOf(index), this.#max);
    }
    return this.#max;
  }
}

function bucketOf(value: number): number {
  if (value < EXACT_BELOW) return value;
  // The width of a bucket is 2 ** octave, 1 in the first octave.
  const octave = 31 - Math.clz32(value) - EXACT_BITS;
  return (octave + 1) * BUCKETS_PER_OCTAVE + (value >>> octave) - BUCKETS_PER_OCTAVE;
}

/** The largest value of a bucket. */
function upperEdgeOf(index: number): number {
  if (index < EXACT_BELOW) return index;
  const octave = Math.floor(index / BUCKETS_PER_OCTAVE) - 1;
  return (BUCKETS_PER_OCTAVE + (index % BUCKETS_PER_OCTAVE) + 1) * 2 ** octave - 1;
}
