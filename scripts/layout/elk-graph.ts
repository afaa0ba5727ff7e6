/** Converts a cluster into the input of ELK. The output of ELK is read in read-elk-graph.ts. */

import type { ElkExtendedEdge, ElkNode, LayoutOptions as ElkOptions } from 'elkjs/lib/elk-api.js';
import type { StatePath } from '../../src/inspect/chart/chart.ts';
import type { Size } from './chart-graph.ts';
import { type Cluster, type ClusterEdge, edgesOf, stateAt } from './cluster.ts';
import { elkId } from './elk-ids.ts';
import { toPackedNode } from './elk-ports.ts';

/** The space that a state with children needs for its header, if the space above the children is not enough. */
export interface HeaderRoom {
  /** True if the header is beside the children, because arrows come from above. */
  readonly isBeside: boolean;
  /** How much space is missing on the right and below. */
  readonly right: number;
  readonly bottom: number;
}

/** The space between the border of a box and its content. */
export const BOX_PADDING = 14;
export const DOT_SIZE = 10;
/** The space on the left and the right of a label's text. */
export const LABEL_PADDING = 4;

const OPTIONS: ElkOptions = {
  'elk.algorithm': 'layered',
  'elk.randomSeed': '1',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.spacing.nodeNode': '18',
  'elk.spacing.edgeNode': '12',
  'elk.spacing.edgeEdge': '10',
  'elk.layered.spacing.nodeNodeBetweenLayers': '18',
  'elk.layered.spacing.edgeNodeBetweenLayers': '12',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '10',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.nodePlacement.favorStraightEdges': 'true',
};

export function toElkGraph(cluster: Cluster, rooms: ReadonlyMap<StatePath, HeaderRoom>): ElkNode {
  const edges = edgesOf(cluster);
  const inward = edges.filter(({ edge, source }) => edge.isInward && source !== undefined);
  const outside = edges.filter(({ source, target }) => source === undefined || target === undefined);
  const options: ElkOptions = { ...OPTIONS, 'elk.direction': cluster.direction };

  function toNode(path: StatePath): ElkNode {
    const { state, header } = stateAt(cluster.graph, path);
    const packing = cluster.packed.get(path);
    if (packing !== undefined) return toPackedNode(cluster, path, packing, edges);
    const final: ElkOptions =
      state.type === 'final' ? { 'elk.layered.layering.layerConstraint': 'LAST' } : {};
    if (state.states.length === 0)
      return { id: elkId.state(path), ...header, layoutOptions: { ...final, ...atLeast(header) } };
    const isInitialHere = state.initial !== undefined;
    return {
      id: elkId.state(path),
      layoutOptions: { ...options, 'elk.padding': toPadding(header, rooms.get(path)) },
      children: [
        ...(isInitialHere ? [{ id: elkId.dot(path), width: DOT_SIZE, height: DOT_SIZE }] : []),
        ...inward.filter(({ source }) => source === path).map(toLabelNode),
        ...state.states.map((child) => toNode(child.path)),
      ],
      edges: state.initial === undefined ? [] : [toInitialEdge(path, state.initial)],
    };
  }

  return {
    id: 'cluster',
    layoutOptions: {
      ...options,
      'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
      'elk.json.edgeCoords': 'ROOT',
      'elk.json.shapeCoords': 'ROOT',
    },
    children: [toNode(cluster.root), ...outside.map(toOutsideNode)],
    edges: edges.map((edge) => toElkEdge(cluster, edge)),
  };
}

/** A box has this size, and is larger only if too many arrows begin and end at it. */
function atLeast({ width, height }: Size): ElkOptions {
  return {
    'elk.nodeSize.constraints': '[PORTS, MINIMUM_SIZE]',
    'elk.nodeSize.minimum': `(${width}, ${height})`,
    'elk.spacing.portPort': '10',
  };
}

function toPadding(header: Size, room: HeaderRoom | undefined): string {
  const isBeside = room?.isBeside ?? false;
  const left = isBeside ? header.width : BOX_PADDING;
  const top = isBeside ? BOX_PADDING : header.height + BOX_PADDING / 2;
  const right = BOX_PADDING + (room?.right ?? 0);
  const bottom = BOX_PADDING + (room?.bottom ?? 0);
  return `[left=${left},top=${top},right=${right},bottom=${bottom}]`;
}

function toLabelNode({ edge: { id, label } }: ClusterEdge): ElkNode {
  return { id: elkId.label(id), ...pad(label) };
}

function toOutsideNode({ edge: { id }, ...end }: ClusterEdge): ElkNode {
  const layer = isBefore(end) ? 'FIRST' : 'LAST';
  return {
    id: elkId.outside(id),
    width: 1,
    height: 1,
    layoutOptions: { 'elk.layered.layering.layerConstraint': layer },
  };
}

/** Whether the other end of an arrow that leads out of its cluster, or into it, is before the cluster. */
export function isBefore({ source, isBackward }: Omit<ClusterEdge, 'edge'>): boolean {
  const isForward = !isBackward;
  return source === undefined ? isForward : isBackward;
}

function toInitialEdge(path: StatePath, initial: StatePath): ElkExtendedEdge {
  return { id: elkId.initial(path), sources: [elkId.dot(path)], targets: [elkId.state(initial)] };
}

/** Arrows against the order of the chart are reversed for ELK. Then there are no circles, and ELK keeps the order. */
function toElkEdge(cluster: Cluster, clusterEdge: ClusterEdge): ElkExtendedEdge {
  const { edge, isBackward, source, target } = clusterEdge;
  const isInwardHere = edge.isInward && source !== undefined;
  const start = isInwardHere ? elkId.label(edge.id) : toEnd(cluster, edge.id, source);
  const end = toEnd(cluster, edge.id, target);
  const isDrawnWhole = source !== undefined && target !== undefined;
  return {
    id: elkId.edge(edge.id),
    sources: [isBackward ? end : start],
    targets: [isBackward ? start : end],
    labels:
      isDrawnWhole && !isInwardHere
        ? [{ text: ' ', ...pad(edge.label), layoutOptions: { 'elk.edgeLabels.inline': 'true' } }]
        : [],
  };
}

function toEnd({ packed }: Cluster, edge: string, end: StatePath | undefined): string {
  if (end === undefined) return elkId.outside(edge);
  const packing = packed.get(end);
  return packing !== undefined && packing.ports.size > 0 ? elkId.port(end, edge) : elkId.state(end);
}

function pad({ width, height }: Size): Size {
  return { width: width + 2 * LABEL_PADDING, height };
}
