/** The messages between the runner and a load generator, as plain data. */

import type { Target } from './wire-client.ts';

/** The message that is sent again and again, and its receivers. */
export type Speech =
  /** To the room of the sender; `bytes` is the length of a message. */
  | { readonly to: 'room'; readonly bytes: number }
  | { readonly to: 'everybody'; readonly bytes: number }
  /** A frame to which only its sender gets an answer. */
  | { readonly to: 'server'; readonly frame: string; readonly answer: string };

/** How a load is measured. */
export interface Timing {
  /** How long the server works before the measurement, in milliseconds of its processor time. */
  readonly warmUpMs: number;
  /** How long each slice runs before it is measured, in milliseconds. */
  readonly runInMs: number;
  /** How long is measured, in milliseconds, all slices together. */
  readonly measureMs: number;
  /** Between slices the load rests, and other servers may be measured. */
  readonly slices: number;
  /** A process behind the server, whose processor time is measured too. */
  readonly backendPid?: number;
}

interface TimedJob extends Timing {
  readonly target: Target;
}

/** Rooms with members, of which one in each room sends. */
export interface TrafficJob extends TimedJob {
  readonly rooms: number;
  readonly membersPerRoom: number;
  readonly speech: Speech;
  /** The messages of a room in flight: sent and not yet delivered to all members. */
  readonly window: number;
  /** All of them are sent at once, when all earlier ones are delivered. Default: each as soon as one is. */
  readonly isBursty?: boolean;
  /** The steady load that follows, in messages a second of all rooms together, to measure latencies. */
  readonly steady?: { readonly perSecond: number; readonly ms: number };
}

/** The result of a span of load. */
export interface Span {
  readonly seconds: number;
  /** Answered messages, pairs or calls. */
  readonly done: number;
  /** Messages received by members, each copy counted. */
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
  /** Of the steady load: from the time when a message was due until each of its deliveries. */
  readonly latency?: Latency;
  /** Of the steady load: how late messages were sent. */
  readonly lateness?: Latency;
}

/** Clients that join and leave again and again. */
export interface ChurnJob extends TimedJob {
  readonly clients: number;
  readonly rooms: number;
  /** Members of each room who stay. */
  readonly residentsPerRoom: number;
  /** Joins of a client in flight, each followed by its leave. */
  readonly window: number;
}

export interface ChurnResult extends Span {
  /** From a join until its answer; measured only if `window` is 1. */
  readonly joinLatency?: Latency;
}

/** Clients that all lose their connections at the same time, and connect again. */
export interface StormJob {
  readonly target: Target;
  readonly clients: number;
  readonly rooms: number;
}

/** Clients that lose their connections, and come back for what was said meanwhile. */
export interface RecoveryJob extends StormJob {
  /** The messages of each room that they miss, and the length of one. */
  readonly missed: number;
  readonly bytes: number;
}

/** Clients that join a room each and stay silent. The job pauses at every milestone, and at `standing` for each size. */
export interface IdleJob {
  readonly target: Target;
  /** The clients that connect and disconnect before the milestone `empty`. */
  readonly firstClients: number;
  /** The numbers of clients, in growing order. */
  readonly sizes: readonly number[];
  readonly rooms: number;
}

/** Pushes into a room with one member, sent by autocannon. */
export interface PushJob extends TimedJob {
  readonly connections: number;
  readonly pipelining: number;
}

/** Calls of a TARS servant by `@tars/rpc` alone: the calling process is measured instead of a server. */
export interface CallsJob extends Timing {
  readonly servantPort: number;
  /** Calls in flight. */
  readonly inFlight: number;
}

export interface Jobs {
  readonly traffic: { readonly job: TrafficJob; readonly result: TrafficResult };
  readonly churn: { readonly job: ChurnJob; readonly result: ChurnResult };
  readonly storm: { readonly job: StormJob; readonly result: Span };
  readonly recovery: { readonly job: RecoveryJob; readonly result: Span };
  readonly idle: { readonly job: IdleJob; readonly result: Record<string, never> };
  readonly push: { readonly job: PushJob; readonly result: Span };
  readonly calls: { readonly job: CallsJob; readonly result: Span };
}

export type JobName = keyof Jobs;

/**
 * The points where a job waits for the runner: before there are clients, when all are in their rooms, before each slice,
 * and when all have disconnected.
 */
export type Milestone = 'empty' | 'standing' | 'resting' | 'gone';

/** Waits until the runner lets the job go on. */
export type Pause = (at: Milestone) => Promise<void>;

export type ToLoad =
  | { readonly type: 'start'; readonly name: JobName; readonly job: Jobs[JobName]['job'] }
  | { readonly type: 'goOn' };

export type FromLoad =
  | { readonly type: 'ready' }
  | { readonly type: 'paused'; readonly at: Milestone }
  | { readonly type: 'done'; readonly result: Jobs[JobName]['result'] }
  | { readonly type: 'failed'; readonly why: string };
