/** Draws the ratios of scenarios as bars in an SVG, for light and dark pages. */

import { formatRatio } from './format.ts';
import type { ScenarioResult } from './results.ts';

const WIDTH = 760;
const LABEL_WIDTH = 250;
const VALUE_WIDTH = 60;
const BAR_HEIGHT = 14;
const BAR_GAP = 4;
const GROUP_GAP = 18;
const TOP = 56;
const BOTTOM = 14;
const BARS_WIDTH = WIDTH - LABEL_WIDTH - VALUE_WIDTH;

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 15px; font-weight: 600; }
  .group { font-weight: 600; }
  .to { font-size: 11px; }
  .other { fill: #8c959f; }
  .ours { fill: #0969da; }
  .one { stroke: #cf222e; stroke-dasharray: 4 3; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .other { fill: #6e7681; }
    .ours { fill: #4493f8; }
    .one { stroke: #ff7b72; }
  }`;

/** Bars longer than this many times the reference are cut; otherwise one of them would make all others very short. */
const LONGEST = 3;

/**
 * Draws a bar for each variant that is compared to another one, in scenarios where a larger first figure is better. The
 * line at 1 means: as good as the reference.
 */
export function drawChart(scenarios: readonly ScenarioResult[], title: string): string {
  const groups = scenarios.flatMap(groupOf);
  const ratios = groups.flatMap(({ bars }) => bars.map(({ ratio }) => ratio));
  const longest = Math.min(LONGEST, Math.max(1, ...ratios));
  let y = TOP;
  const drawn: string[] = [];
  for (const group of groups) {
    drawn.push(drawGroup(group, y, longest));
    y += Math.max(group.bars.length, LINES_OF_HEAD) * (BAR_HEIGHT + BAR_GAP) + GROUP_GAP;
  }
  const height = y - GROUP_GAP + BOTTOM;
  const one = LABEL_WIDTH + BARS_WIDTH / longest;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">
<title id="title">${escapeText(title)}</title>
<style>${STYLE}
</style>
<text class="title" x="0" y="18">${escapeText(title)}</text>
<text x="${one}" y="${TOP - 12}" text-anchor="middle">×1</text>
${drawn.join('\n')}
<line class="one" x1="${one}" x2="${one}" y1="${TOP - 6}" y2="${height - BOTTOM}"/>
</svg>
`;
}

interface Bar {
  readonly name: string;
  readonly isOurs: boolean;
  readonly ratio: number;
}

/** A scenario; `to` is the reference of its bars. */
interface Group {
  readonly name: string;
  readonly to: string;
  readonly bars: readonly Bar[];
}

function groupOf({ name, figures, variants }: ScenarioResult): Group[] {
  const [first] = figures;
  if (first?.better !== 'more') return [];
  const compared = variants.flatMap(({ name, isOurs, comparedTo, figures: results }) => {
    const ratio = results[first.key]?.ratio?.median;
    return ratio === undefined ? [] : [{ name, isOurs, ratio, comparedTo }];
  });
  const to = compared[0]?.comparedTo;
  return to === undefined ? [] : [{ name, to, bars: compared }];
}

/** The lines of a group's head: its name, and its reference below. */
const LINES_OF_HEAD = 2;

function drawGroup({ name, to, bars }: Group, top: number, longest: number): string {
  const baseline = (row: number): number => top + row * (BAR_HEIGHT + BAR_GAP) + BAR_HEIGHT - 3;
  const head = [
    `<text class="group" x="0" y="${baseline(0)}">${escapeText(name)}</text>`,
    `<text class="to" x="0" y="${baseline(1)}">÷ ${escapeText(to)}</text>`,
  ];
  const rows = bars.map((bar, row) => {
    const y = top + row * (BAR_HEIGHT + BAR_GAP);
    const width = (Math.min(bar.ratio, longest) / longest) * BARS_WIDTH;
    return [
      `<text x="${LABEL_WIDTH - 8}" y="${baseline(row)}" text-anchor="end">${escapeText(bar.name)}</text>`,
      `<rect class="${bar.isOurs ? 'ours' : 'other'}" x="${LABEL_WIDTH}" y="${y}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>`,
      `<text x="${WIDTH}" y="${baseline(row)}" text-anchor="end">${formatRatio(bar.ratio)}</text>`,
    ].join('');
  });
  return [...head, ...rows].join('\n');
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
