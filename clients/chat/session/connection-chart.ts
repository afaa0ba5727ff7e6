/** Draws the life cycle of the connection as a statechart, with the current state filled. The same is shown as text. */

import type { ConnectionState } from '../connection/room-client.ts';

type StateName = ConnectionState['name'];

export interface ConnectionChart {
  readonly root: SVGElement;
  show(state: StateName): void;
}

const BOXES: Record<StateName, { x: number; y: number; width: number }> = {
  closed: { x: 1, y: 1, width: 84 },
  connecting: { x: 131, y: 1, width: 108 },
  waiting: { x: 1, y: 77, width: 84 },
  open: { x: 131, y: 77, width: 108 },
};
const BOX_HEIGHT = 30;

/** The most common transitions, each with its arrow head. */
const ARROWS = [
  'M85 16H129 m-6 -4 6 4 -6 4',
  'M200 31V75 m-4 -6 4 6 4 -6',
  'M131 92H87 m6 -4 -6 4 6 4',
  'M66 77C72 52 104 44 139 33 m-7 -2 7 2 -5 5.500',
  'M26 77V33 m-4 6 4 -6 4 6',
];

export function createConnectionChart(): ConnectionChart {
  const root = svgElement('svg', {
    class: 'connection-chart',
    viewBox: '0 0 240 108',
    'aria-hidden': 'true',
  });
  const groups = new Map<string, SVGElement>();
  for (const d of ARROWS) root.append(svgElement('path', { d }));
  for (const [name, { x, y, width }] of Object.entries(BOXES)) {
    const group = svgElement('g', {});
    const box = { x, y, width, height: BOX_HEIGHT, rx: 9 };
    const label = svgElement('text', { x: x + width / 2, y: y + BOX_HEIGHT / 2 });
    label.textContent = name;
    group.append(svgElement('rect', box), label);
    groups.set(name, group);
    root.append(group);
  }
  return {
    root,
    show(state) {
      for (const [name, group] of groups) group.classList.toggle('lit', name === state);
    },
  };
}

function svgElement(tag: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}
