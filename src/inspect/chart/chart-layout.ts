/**
 * The layout of a chart: boxes, lines and texts with their places, in CSS pixels at zoom 1. It is plain data for the
 * page, the SVG and the tests.
 */

import type { StatePath } from './chart.ts';

export interface ChartLayout {
  /** The machine's id. */
  readonly machine: string;
  /** Of the whole picture, with the margin around the root's box. */
  readonly width: number;
  readonly height: number;
  /** The root first, parents before their children, in the chart's order. */
  readonly nodes: readonly LayoutNode[];
  /** In the chart's order of their first transitions. */
  readonly edges: readonly LayoutEdge[];
  readonly initials: readonly LayoutInitial[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** A state's box. `x` and `y` are relative to its parent's box; the root's are the margin of the picture. */
export interface LayoutNode extends Box {
  readonly path: StatePath;
  /** Missing for the root. */
  readonly parent?: StatePath;
  readonly key: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final';
  readonly description: string;
  /** 0 for the root. */
  readonly depth: number;
  /** It is a child of a parallel state: drawn as a region, with dashes. */
  readonly isRegion: boolean;
  /** The height of the bar with the key, at the top of the box. */
  readonly titleHeight: number;
  /** The lines below the title and above the children. */
  readonly lines: readonly LayoutLine[];
}

/**
 * A line of text in a state's box: what it runs or does, and each transition that leads to no other state.
 * `x` and `y` are those of the line's box, relative to the state's.
 */
export interface LayoutLine extends Box {
  readonly kind: 'invoke' | 'entry' | 'exit' | 'transition';
  /** The id of the transition; only of that kind. */
  readonly transition?: string;
  readonly text: LayoutText;
}

/** The parts of one line of text, to be drawn one after the other in the monospace font, without a gap. */
export type LayoutText = readonly LayoutTextPart[];

export interface LayoutTextPart {
  readonly role: 'keyword' | 'trigger' | 'guard' | 'action';
  /** With the blanks and brackets that belong to it: ` [isFull]`, ` / admit, seat`. */
  readonly text: string;
}

/**
 * An arrow from a state to another. Transitions with the same source and the same target share one, and each has a line
 * of its label. A transition with several targets has an arrow to each of them.
 */
export interface LayoutEdge {
  /** `source>target`. */
  readonly id: string;
  readonly source: StatePath;
  readonly target: StatePath;
  /** Ids of the chart's transitions, in the chart's order; never empty. */
  readonly transitions: readonly string[];
  /**
   * At least two points, absolute. Each is straight below, above or beside the one before. The first is on the border
   * of the source, or at the label if the target is inside the source. The last is the tip of the arrow, on the border
   * of the target.
   */
  readonly points: readonly Point[];
  readonly label: LayoutLabel;
}

/**
 * The texts of an arrow. `x` and `y` are absolute. The box is that of the texts, and 4 pixels on both sides are free.
 * The line runs behind them, or starts there if the target is inside the source.
 */
export interface LayoutLabel extends Box {
  /** One for each of the edge's transitions, in their order, from top to bottom. */
  readonly lines: readonly LayoutLabelLine[];
}

export interface LayoutLabelLine {
  readonly transition: string;
  readonly text: LayoutText;
}

/** The dot with an arrow to the child that a compound state enters first. Absolute. */
export interface LayoutInitial {
  readonly parent: StatePath;
  readonly target: StatePath;
  /** The middle of the dot. */
  readonly dot: Point;
  /** From the dot to the border of the target, as an edge's. */
  readonly points: readonly Point[];
}

/** What is drawn besides states and transitions. */
export interface LayoutOptions {
  /** Entry and exit actions, invoked actors, and the actions of transitions. Default false. */
  readonly details?: boolean;
}
