/** Reads the links and the headings of Markdown pages. */

/** Code, in which nothing is a link. */
const CODE = /^(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1[^\n]*$|`[^`\n]*`/gm;
const INLINE_LINK = /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g;
const REFERENCE = /^\[[^\]\n]+\]:\s*(\S+)/gm;
const HTML_LINK = /(?:href|src)="([^"]+)"/g;
const WITH_SCHEME = /^[a-z][a-z0-9+.-]*:|^\/\//i;

/** The relative links of a page, images included, as they are written. */
export function linksOf(page: string): string[] {
  // The text of a link may be code; the target is not.
  const text = page.replace(CODE, (code) => (code.startsWith('`') && !code.startsWith('```') ? 'code' : ''));
  const found = [INLINE_LINK, REFERENCE, HTML_LINK].flatMap((pattern) =>
    Array.from(text.matchAll(pattern), ([, target = '']) => target),
  );
  return found.filter((target) => !WITH_SCHEME.test(target));
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(page: string): Set<string> {
  const text = page.replace(/^(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1[^\n]*$/gm, '');
  const anchors = new Set<string>();
  for (const [, heading = ''] of text.matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const name = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll('`', '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    let unique = name;
    for (let count = 1; anchors.has(unique); count += 1) unique = `${name}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}
