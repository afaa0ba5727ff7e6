/** What the runner asks of a load generator, and what it is told: plain data that goes between two processes. */

import type { Target } from './wire-client.ts';

/** What is said over and over, and to whom. */
export type Speech =
  /** To the speaker's room; `bytes` is the length of a message. */
  | { readonly to: 'room'; readonly bytes: number }
  | { readonly to: 'everybody'; readonly bytes: number }
  /** A frame that only its sender is answered. */
  | { readonly to: 'server'; readonly frame: string; readonly answer: string };

/** How a load is measured. */
export interface Timing {
  /** How long the server works before it counts, in milliseconds of its processor time. */
  readonly warmUpMs: number;
  /** How long each slice goes on before it counts, in milliseconds. */
  readonly runInMs: number;
  /** How long it counts, in milliseconds, all slices together. */
  readonly measureMs: number;
  /** Between slices the load rests, and others may have their turns. */
  readonly slices: number;
  /** A process that works for the server, whose processor time is told too. */
  readonly backendPid?: number;
}

interface TimedJob extends Timing {
  readonly target: Target;
}

/** Rooms of members, one of whom speaks. */
export interface TrafficJob extends TimedJob {
  readonly rooms: number;
  readonly membersPerRoom: number;
  readonly speech: Speech;
  /** Messages of a room on their way at a time: sent, and not yet delivered to all. */
  readonly window: number;
  /** Afterwards, so many messages a second of all rooms together, for the times they take. */
  readonly steady?: { readonly perSecond: number; readonly ms: number };
}

/** What a span of load came to. */
export interface Span {
  readonly seconds: number;
  /** Messages, pairs, calls: what was asked and answered. */
  readonly done: number;
  /** Copies of messages that reached members. */
  readonly deliveries: number;
  /** Processor time of the server, in microseconds. */
  readonly serverCpuMicros: number;
  /** Processor time of the load generator, in microseconds. */
  readonly loadCpuMicros: number;
  /** Processor time of the job's `backendPid`, in microseconds; 0 without one. */
  readonly backendCpuMicros: number;
}

/** In microseconds. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface TrafficResult extends Span {
  /** Of the steady load: from when a message was due until each of its deliveries. */
  readonly latency?: Latency;
  /** Of the steady load: how long after they were due messages were sent. */
  readonly lateness?: Latency;
}

/** Clients that join and leave without an end. */
export interface ChurnJob extends TimedJob {
  readonly clients: number;
  readonly rooms: number;
  /** Members of each room who stay. */
  readonly residentsPerRoom: number;
  /** Joins of a client on their way at a time, each followed by its leave. */
  readonly window: number;
}

export interface ChurnResult extends Span {
  /** From the last join that a client has sent until its answer; told when `window` is 1. */
  readonly joinLatency?: Latency;
}

/** Clients that all lose their connections at one moment, and come back. */
export interface StormJob {
  readonly target: Target;
  readonly clients: number;
  readonly rooms: number;
}

/** Clients that join a room each and say nothing; pauses at every milestone, at `standing` with each size of the crowd. */
export interface IdleJob {
  readonly target: Target;
  /** Those who come and go before the milestone `empty`. */
  readonly firstClients: number;
  /** How many clients there are in the end, and before that; it only grows. */
  readonly sizes: readonly number[];
  readonly rooms: number;
}

/** Pushes into a room with one member, by autocannon. */
export interface PushJob extends TimedJob {
  readonly connections: number;
  readonly pipelining: number;
}

/** Calls of a TARS servant by `@tars/rpc` alone: the process that makes them is the server that is measured. */
export interface CallsJob extends Timing {
  readonly servantPort: number;
  /** Calls on their way at a time. */
  readonly inFlight: number;
}

export interface Jobs {
  readonly traffic: { readonly job: TrafficJob; readonly result: TrafficResult };
  readonly churn: { readonly job: ChurnJob; readonly result: ChurnResult };
  readonly storm: { readonly job: StormJob; readonly result: Span };
  readonly idle: { readonly job: IdleJob; readonly result: Record<string, never> };
  readonly push: { readonly job: PushJob; readonly result: Span };
  readonly calls: { readonly job: CallsJob; readonly result: Span };
}

export type JobName = keyof Jobs;

/**
 * Where a job waits for the runner: before there are clients, when all are in their rooms, before each slice, when all
 * have gone.
 */
export type Milestone = 'empty' | 'standing' | 'resting' | 'gone';

/** Waits until the runner says to go on. */
export type Pause = (at: Milestone) => Promise<void>;

export type ToLoad =
  | { readonly type: 'start'; readonly name: JobName; readonly job: Jobs[JobName]['job'] }
  | { readonly type: 'goOn' };

export type FromLoad =
  | { readonly type: 'ready' }
  | { readonly type: 'paused'; readonly at: Milestone }
  | { readonly type: 'done'; readonly result: Jobs[JobName]['result'] }
  | { readonly type: 'failed'; readonly why: string };
