/**
 * The one font of charts and how much room its text takes: a constant for each character, so that a server
 * and a browser lay out alike. Whoever draws sets the text with `textLength` or in a font that is no wider.
 */

/** Fonts of which each character is 0.6 em wide or a little less. */
export const CHART_FONT = "ui-monospace, 'SFMono-Regular', Menlo, 'DejaVu Sans Mono', Consolas, monospace";

/** Of all texts but titles, in CSS pixels. */
export const TEXT_SIZE = 11;
export const LINE_HEIGHT = 16;
/** Of the keys of states. */
export const TITLE_SIZE = 13;
export const TITLE_HEIGHT = 28;

/** The widest of the fonts: 0.602 em. */
const CHARACTER_WIDTH = 0.602;

/** How wide a text is in CSS pixels. Names in charts are made of characters that are one column wide. */
export function measureText(text: string, size: number = TEXT_SIZE): number {
  return Math.ceil(text.length * size * CHARACTER_WIDTH);
}
