/** Whether a name fits a pattern in which `*` is any text and `?` is one character. */

/** It takes no more steps than the two lengths multiplied, whatever the pattern is. */
export function matchesGlob(pattern: string, name: string): boolean {
  let at = 0;
  let place = 0;
  /** Where the latest star stands, and how far its text reaches. */
  let star = -1;
  let reach = 0;
  while (at < name.length) {
    const sign = pattern[place];
    if (sign === '*') {
      star = place;
      reach = at;
      place += 1;
    } else if (sign === '?' || sign === name[at]) {
      at += sign === '?' ? lengthAt(name, at) : 1;
      place += 1;
    } else if (star === -1) {
      return false;
    } else {
      reach += lengthAt(name, reach);
      at = reach;
      place = star + 1;
    }
  }
  while (pattern[place] === '*') place += 1;
  return place === pattern.length;
}

/** A character beyond U+FFFF is a pair of UTF-16 units. */
function lengthAt(text: string, at: number): 1 | 2 {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
