/** Moments finer than a millisecond, in an order that no change of the wall clock disturbs, and their dates. */

export interface Moments {
  /** A moment: milliseconds with fractions, later ones are greater. It is no date. */
  read(): number;
  /** The date of a moment by the wall clock as it is set now, in milliseconds since 1970, with fractions. */
  toDate(moment: number): number;
}

/** When the two clocks are further apart than this, the wall clock was set. */
const TOLERANCE_MS = 100;

export function createMoments(
  monotonic: () => number = () => performance.now(),
  now: () => number = () => Date.now(),
): Moments {
  let offset = now() - monotonic();
  return {
    read: monotonic,
    toDate(moment) {
      // The offset stays as long as it can: dates of moments that are told one after another keep their order.
      const current = now() - monotonic();
      if (Math.abs(current - offset) > TOLERANCE_MS) offset = current;
      return offset + moment;
    },
  };
}
