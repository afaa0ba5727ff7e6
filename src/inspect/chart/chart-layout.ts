/**
 * A chart as geometry: boxes, lines and texts with their places, all numbers in CSS pixels at zoom 1. Plain data,
 * which the page, the SVG and the tests read; it knows neither ELK, which made it, nor how it is drawn.
 */

import type { StatePath } from './chart.ts';

export interface ChartLayout {
  /** The machine's id. */
  readonly machine: string;
  /** Of the whole picture, the margin around the root's box included. */
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
  /** It is a child of a parallel state, active as long as that is: drawn as a region, with dashes. */
  readonly isRegion: boolean;
  /** The height of the bar with the key, at the top of the box. */
  readonly titleHeight: number;
  /** What stands below the title, above the children. */
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

/** One line of text by its parts, to be set one after the other in the monospace font, without anything between. */
export type LayoutText = readonly LayoutTextPart[];

export interface LayoutTextPart {
  readonly role: 'keyword' | 'trigger' | 'guard' | 'action';
  /** With the blanks and brackets that belong to it: ` [isFull]`, ` / admit, seat`. */
  readonly text: string;
}

/**
 * An arrow from a state to another. Transitions with the same source and the same target share one, each with a line of its
 * label. A transition with several targets has an arrow to each, and stands at all of them.
 */
export interface LayoutEdge {
  /** `source>target`. */
  readonly id: string;
  readonly source: StatePath;
  readonly target: StatePath;
  /** Ids of the chart's transitions, in the chart's order; never empty. */
  readonly transitions: readonly string[];
  /**
   * Absolute, at least two, each straight below, above or beside the one before. The first is on the border of
   * the source, or at the label if the target lies inside the source; the last is on the border of the target,
   * where the tip of the arrow is.
   */
  readonly points: readonly Point[];
  readonly label: LayoutLabel;
}

/**
 * The texts of an arrow; `x` and `y` are absolute. The box is just that of the texts, with 4 pixels free on either
 * side; the line runs through below them, or starts there if the target lies inside the source.
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

/** What is drawn beyond states and the transitions between them. */
export interface LayoutOptions {
  /** Entry and exit actions, invoked actors, and the actions of transitions. Default false. */
  readonly details?: boolean;
}
