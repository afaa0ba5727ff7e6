/** The style sheet of charts in SVG documents, with the colours of the pages. */

import { CHART_FONT, TEXT_SIZE, TITLE_SIZE } from '../text-metrics.ts';

export type SvgTheme = 'auto' | 'light' | 'dark';

const LIGHT = {
  paper: '#f4f6f4',
  surface: '#ffffff',
  line: '#8a968f',
  ink: '#1a211e',
  quiet: '#545f58',
  accent: '#0b6b5d',
  wash: '#dcede7',
};

const DARK: typeof LIGHT = {
  paper: '#121715',
  surface: '#1a211e',
  line: '#6d7b73',
  ink: '#e8ede9',
  quiet: '#a3b0a8',
  accent: '#5fd0b8',
  wash: '#17362f',
};

const RULES = `
.statechart{font-family:${CHART_FONT};font-size:${TEXT_SIZE}px}
.statechart .paper{fill:var(--paper)}
.statechart .state rect{fill:var(--surface);fill-opacity:.65;stroke:var(--line)}
.statechart .state.atomic rect,.statechart .state.final rect{fill-opacity:1}
.statechart .state.region rect{fill:none;stroke-dasharray:5 4}
.statechart .state.active rect{stroke:var(--accent);stroke-width:2}
.statechart .state.leaf rect{fill:var(--wash);fill-opacity:1}
.statechart .state.active .key{fill:var(--accent)}
.statechart .key{fill:var(--ink);font-size:${TITLE_SIZE}px;font-weight:600}
.statechart .trigger{fill:var(--ink)}
.statechart .guard,.statechart .keyword{fill:var(--accent)}
.statechart .action{fill:var(--quiet)}
.statechart polyline{fill:none;stroke:var(--line);stroke-linejoin:round;stroke-width:1.2}
.statechart polygon,.statechart circle{fill:var(--line)}
.statechart .initial polyline{stroke:var(--ink)}
.statechart .initial polygon,.statechart .initial circle{fill:var(--ink)}
.statechart .label rect{fill:var(--paper)}
`;

export function svgStyle(theme: SvgTheme): string {
  if (theme !== 'auto') return `${toVariables(theme === 'dark' ? DARK : LIGHT)}${RULES}`;
  return `${toVariables(LIGHT)}\n@media (prefers-color-scheme: dark){${toVariables(DARK)}}${RULES}`;
}

function toVariables(colours: typeof LIGHT): string {
  const variables = Object.entries(colours).map(([name, colour]) => `--${name}:${colour}`);
  return `.statechart{${variables.join(';')}}`;
}
