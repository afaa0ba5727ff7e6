/** Finds the name that was probably meant by a misspelt one. */

/** A name with a larger share of wrong letters is not taken for a typing error. */
const MAX_WRONG_SHARE = 0.4;
/** This many wrong letters are always allowed: two exchanged letters count as two. */
const MIN_WRONG_LETTERS = 2;
/** Fewer right letters than this are a coincidence. */
const MIN_RIGHT_LETTERS = 2;

/** `; did you mean X?` with the prefix before X, or an empty text. */
export function suggest(name: string, candidates: readonly string[], prefix = ''): string {
  const nearest = findNearest(name, candidates);
  return nearest === undefined ? '' : `; did you mean ${prefix}${nearest}?`;
}

/** The most similar candidate, or nothing if none is similar. One that ends with the name counts as very similar. */
function findNearest(name: string, candidates: readonly string[]): string | undefined {
  let nearest: string | undefined;
  const tolerated = Math.max(MIN_WRONG_LETTERS, Math.floor(name.length * MAX_WRONG_SHARE));
  let least = Math.min(tolerated, name.length - MIN_RIGHT_LETTERS) + 1;
  for (const candidate of candidates) {
    const distance = isEndOf(candidate, name) ? 1 : editDistance(fold(name), fold(candidate));
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

function fold(name: string): string {
  return name.toLowerCase();
}

function isEndOf(candidate: string, name: string): boolean {
  const end = fold(candidate).slice(-name.length - 1);
  return end.length > name.length && /[._]/.test(end.charAt(0)) && end.slice(1) === fold(name);
}

/** The Levenshtein distance: how many letters must be inserted, removed or changed. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const change = from[row - 1] === to[column - 1] ? 0 : 1;
      current.push(
        Math.min(
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (previous[column - 1] ?? 0) + change,
        ),
      );
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
