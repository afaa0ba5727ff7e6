/**
 * The font of charts, and how wide its text is. Every character has the same width, so that the result is the same in
 * Node.js and in browsers. Text must be drawn with `textLength`, or in a font that is not wider.
 */

/** Each character of these fonts is about 0.6 em wide. */
export const CHART_FONT = "ui-monospace, 'SFMono-Regular', Menlo, 'DejaVu Sans Mono', Consolas, monospace";

/** Of all texts but titles, in CSS pixels. */
export const TEXT_SIZE = 11;
export const LINE_HEIGHT = 16;
/** Of the keys of states. */
export const TITLE_SIZE = 13;
export const TITLE_HEIGHT = 28;

/** The widest of the fonts: 0.602 em. */
const CHARACTER_WIDTH = 0.602;

/** The width of a text in CSS pixels. Names in charts have only characters that are one column wide. */
export function measureText(text: string, size: number = TEXT_SIZE): number {
  return Math.ceil(text.length * size * CHARACTER_WIDTH);
}
