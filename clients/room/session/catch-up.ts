/** Puts publications in order while older ones are still being read: live ones wait, and none is shown twice. */

/** The part of a publication that its order needs. */
export interface Positioned {
  /** Missing where the server numbers nothing. */
  readonly offset?: number | undefined;
}

export interface CatchUp<Publication extends Positioned> {
  /** From now on, live publications wait. */
  hold(): void;
  /** Shows a live publication, now or after the older ones. */
  hear(publication: Publication): void;
  /** Shows older ones, oldest first, without those that were seen; then what has waited. `before` is told their number first. */
  release(older: readonly Publication[], isOtherStream: boolean, before: (count: number) => void): void;
}

export function createCatchUp<Publication extends Positioned>(
  show: (publication: Publication, isOlder: boolean) => void,
): CatchUp<Publication> {
  let waiting: Publication[] | undefined;
  /** Of the newest publication that was shown. */
  let top = 0;

  return {
    hold() {
      waiting ??= [];
    },
    hear(publication) {
      if (waiting !== undefined) waiting.push(publication);
      else present(publication, false);
    },
    release(older, isOtherStream, before) {
      if (isOtherStream) top = 0;
      const news = older.filter(({ offset }) => offset === undefined || offset > top);
      before(news.length);
      for (const publication of news) present(publication, true);
      const last = news.at(-1)?.offset ?? 0;
      const held = waiting ?? [];
      waiting = undefined;
      for (const publication of held) {
        if (publication.offset === undefined || publication.offset > last) present(publication, false);
      }
    },
  };

  function present(publication: Publication, isOlder: boolean): void {
    top = publication.offset ?? top;
    show(publication, isOlder);
  }
}
