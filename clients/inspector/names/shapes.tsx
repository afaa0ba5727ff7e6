/** Icons for the kinds of actors and for the status of an actor or a member. Text always stands beside them. */

import type { ReactNode } from 'react';
import type { ActorStatus, MachineName } from '../../../src/inspect/feed/feed-protocol.ts';

/** A colour and a shape: a reader who cannot tell the colours apart has the shapes. */
export interface Look {
  readonly tone: 'good' | 'warn' | 'bad' | 'info' | 'quiet';
  readonly shape: 'disc' | 'ring' | 'triangle' | 'diamond' | 'square' | 'cross';
}

const KIND_PATHS: Readonly<Record<MachineName, string>> = {
  server: 'M2 3h12v4H2zM2 9h12v4H2zM4.500 5h1M4.500 11h1',
  connection: 'M1.500 8h4M10.500 8h4M5.500 5.500v5M10.500 5.500v5M5.500 8h5',
  membership: 'M8 2.500a2.500 2.500 0 1 1 0 5a2.500 2.500 0 1 1 0-5M3 13.500c.5-3 2.500-4 5-4s4.500 1 5 4',
  room: 'M2.500 2.500h11v11h-11zM5.500 6h.01M10.500 6h.01M5.500 10.500h.01M10.500 10.500h.01',
  moderation: 'M2 3h12v8H7.500L4 14v-3H2zM5 7h6',
  question: 'M5 5.500a3 3 0 1 1 4.500 2.600C8.400 8.800 8 9.300 8 10.500M8 13h.01',
  backend: 'M2.500 4h11v8h-11zM2.500 6.500h11M5 9.500h3',
  tarsProxy: 'M1.500 5h9M8 2.500 10.500 5 8 7.500M14.500 11h-9M8 8.500 5.500 11 8 13.500',
  delivery: 'M2 4h12v8.500H2zM2 4l6 5 6-5',
  redisLink: 'M2.500 4c0-2 11-2 11 0v8c0 2-11 2-11 0zM2.500 4c0 2 11 2 11 0M2.500 8c0 2 11 2 11 0',
};

export function KindShape({ kind }: { readonly kind: MachineName }): ReactNode {
  return (
    <svg className="kind-shape" viewBox="0 0 16 16" aria-hidden="true">
      <path d={KIND_PATHS[kind]} />
    </svg>
  );
}

const STATUS_LOOKS: Readonly<Record<ActorStatus, Look>> = {
  active: { tone: 'good', shape: 'disc' },
  resting: { tone: 'good', shape: 'ring' },
  failed: { tone: 'bad', shape: 'cross' },
  done: { tone: 'quiet', shape: 'square' },
};

export function StatusShape({ status }: { readonly status: ActorStatus }): ReactNode {
  return <LookShape {...STATUS_LOOKS[status]} />;
}

/** In a square of 12 by 12. */
const SHAPE_PATHS: Readonly<Record<Look['shape'], string>> = {
  disc: 'M6 1.500a4.500 4.500 0 1 1 0 9a4.500 4.500 0 1 1 0-9z',
  ring: 'M6 2.250a3.750 3.750 0 1 1 0 7.500a3.750 3.750 0 1 1 0-7.500z',
  triangle: 'M6 1.500 11 10.250H1z',
  diamond: 'M6 .75 11.250 6 6 11.250 .75 6z',
  square: 'M1.750 1.750h8.500v8.500h-8.500z',
  cross: 'M2 2 10 10M10 2 2 10',
};

export function LookShape({ tone, shape }: Look): ReactNode {
  return (
    <svg className={`look ${tone} ${shape}`} viewBox="0 0 12 12" aria-hidden="true">
      <path d={SHAPE_PATHS[shape]} />
    </svg>
  );
}
