/**
 * The client of the feed: sends requests and receives their answers, and renews watches after a lost link. It does
 * not interpret the answers.
 */

import { createActor, fromPromise, type SnapshotFrom } from 'xstate';
import type { ActorAddress, FeedMessage, FeedRequest } from '../../../src/inspect/feed/feed-protocol.ts';
import { platformClock, type Clock } from '../../shared/clock.ts';
import { openWebSocket, type OpenWire, type Wire } from '../../shared/wire.ts';
import type { FeedClient, LinkState, Outcome, Question, WatchListener, Welcome } from './feed.ts';
import { feedMachine, type ReasonReader } from './feed-machine.ts';

/** How long an answer may take. */
export const ANSWER_TIMEOUT_MS = 10_000;
/** A refused watch is requested again after this time: the actor may exist by then. */
export const WATCH_RETRY_MS = 1_000;

export interface FeedClientOptions {
  readonly url: string;
  readonly token?: string | undefined;
  /** Called when a socket could not be opened: see {@link ReasonReader}. Default: the reason is unknown. */
  readonly readReason?: ReasonReader;
  /** Default: the browser's WebSocket. */
  readonly openWire?: OpenWire;
  /** Default: the timers of the platform. */
  readonly clock?: Clock;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Default `Math.random`. */
  readonly random?: () => number;
}

interface PendingQuestion {
  readonly settle: (outcome: Outcome<FeedMessage>) => void;
  readonly timer: unknown;
}

interface Watch {
  readonly actor: ActorAddress;
  readonly related: boolean;
  readonly listener: WatchListener;
}

export function createFeedClient(options: FeedClientOptions): FeedClient {
  const { url, openWire = openWebSocket, clock = platformClock } = options;
  const { now = Date.now, random = Math.random, readReason = () => Promise.resolve(undefined) } = options;
  const questions = new Map<number, PendingQuestion>();
  const watches = new Set<Watch>();
  /** By the ids of their requests on this link. */
  const watching = new Map<number, Watch>();
  /** The timers of those that were refused on this link. */
  const refused = new Map<Watch, unknown>();
  const listeners = new Set<() => void>();
  let { token } = options;
  let wire: Wire | undefined;
  let welcome: Welcome | undefined;
  let state: LinkState = { name: 'resting' };
  let lastId = 0;
  let frames = 0;

  const machine = feedMachine.provide({
    actions: { openSocket, dropSocket, sayHello },
    actors: { readReason: fromPromise(readReason) },
  });
  const actor = createActor(machine, { input: { now, random }, clock });
  actor.subscribe((snapshot) => {
    const next = toLinkState(snapshot);
    if (next.name === state.name) return;
    state = next;
    if (state.name === 'ready') watches.forEach(beginWatch);
    for (const listener of listeners) listener();
  });
  actor.start();

  return {
    get state() {
      return state;
    },
    get welcome() {
      return welcome;
    },
    get token() {
      return token;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    connect: () => actor.send({ type: 'connect' }),
    disconnect: () => actor.send({ type: 'disconnect' }),
    checkNetwork: () => actor.send({ type: 'network.changed' }),
    giveToken(given) {
      token = given;
      actor.send({ type: 'token.given' });
    },
    // The cast is safe: the server answers a request with a message of the matching type.
    ask: (question) => ask(question) as Promise<Outcome<never>>,
    watch(target, related, listener) {
      const watch: Watch = { actor: target, related, listener };
      watches.add(watch);
      if (state.name === 'ready') beginWatch(watch);
      return () => endWatch(watch);
    },
  };

  function ask(question: Question): Promise<Outcome<FeedMessage>> {
    if (state.name !== 'ready') return Promise.resolve({ type: 'unanswered' });
    const id = nextId();
    const asked = new Promise<Outcome<FeedMessage>>((settle) => {
      const heard = frames;
      const timer = clock.setTimeout(() => {
        questions.delete(id);
        settle({ type: 'unanswered' });
        if (frames === heard) actor.send({ type: 'feed.silent' });
      }, ANSWER_TIMEOUT_MS);
      questions.set(id, { settle, timer });
    });
    send({ ...question, id });
    return asked;
  }

  function beginWatch(watch: Watch): void {
    const id = nextId();
    watching.set(id, watch);
    send({ type: 'watch', id, actor: watch.actor, related: watch.related });
  }

  function beginWatchLater(watch: Watch): void {
    const timer = clock.setTimeout(() => {
      refused.delete(watch);
      beginWatch(watch);
    }, WATCH_RETRY_MS);
    refused.set(watch, timer);
  }

  function endWatch(watch: Watch): void {
    watches.delete(watch);
    clock.clearTimeout(refused.get(watch));
    refused.delete(watch);
    for (const [id, other] of watching) {
      if (other !== watch) continue;
      watching.delete(id);
      if (state.name === 'ready') send({ type: 'unwatch', id });
    }
  }

  function openSocket(): void {
    wire = openWire(url, {
      opened: () => actor.send({ type: 'socket.opened' }),
      received: read,
      closed: ({ code }) => actor.send({ type: 'socket.closed', code }),
    });
  }

  function dropSocket(): void {
    wire?.drop();
    wire = undefined;
    for (const { settle, timer } of questions.values()) {
      clock.clearTimeout(timer);
      settle({ type: 'unanswered' });
    }
    questions.clear();
    const lost = [...watching.values()];
    watching.clear();
    for (const timer of refused.values()) clock.clearTimeout(timer);
    refused.clear();
    for (const { listener } of lost) listener.lost();
  }

  function sayHello(): void {
    send({ type: 'hello', ...(token !== undefined && { token }) });
  }

  function read(frame: string): void {
    frames += 1;
    const message = JSON.parse(frame) as FeedMessage;
    switch (message.type) {
      case 'welcome':
        welcome = message;
        return actor.send({ type: 'feed.welcomed' });
      case 'watching':
        return watching.get(message.id)?.listener.began(message.actors);
      case 'batch':
        return watching.get(message.id)?.listener.heard(message);
      case 'refused':
        return refuse(message.id, message.error);
      case 'catalogue':
      case 'chart':
      case 'history':
      case 'members':
      case 'presence':
      case 'publications':
      case 'settings':
      case 'acts':
      case 'problems':
      case 'done':
        return settle(message.id, { type: 'answered', answer: message });
    }
  }

  function refuse(id: number | undefined, error: string): void {
    if (id === undefined) return actor.send({ type: 'feed.refused', error });
    const watch = watching.get(id);
    if (watch === undefined) return settle(id, { type: 'refused', error });
    watching.delete(id);
    beginWatchLater(watch);
    watch.listener.refused(error);
  }

  function settle(id: number, outcome: Outcome<FeedMessage>): void {
    const question = questions.get(id);
    if (question === undefined) return;
    questions.delete(id);
    clock.clearTimeout(question.timer);
    question.settle(outcome);
  }

  function send(request: FeedRequest): void {
    wire?.send(JSON.stringify(request));
  }

  function nextId(): number {
    lastId += 1;
    return lastId;
  }
}

function toLinkState(snapshot: SnapshotFrom<typeof feedMachine>): LinkState {
  const { retryAt, error } = snapshot.context;
  if (snapshot.matches('resting')) return { name: 'resting' };
  if (snapshot.matches('waiting')) return { name: 'waiting', retryAt };
  if (snapshot.matches('locked')) return { name: 'locked', error };
  if (snapshot.matches('barred')) return { name: 'barred', error };
  return { name: snapshot.matches({ linked: 'ready' }) ? 'ready' : 'connecting' };
}
