/** The circuit breaker of one endpoint: whether it gets calls, by how its last calls ended. It outlives connections. */

import { startQuietTimer, type Clock } from '../../system/clock.ts';
import type { EndpointCircuit } from '../servant-link.ts';
import { formatEndpoint, type Endpoint } from './endpoint.ts';

/** An endpoint is out of use after so many calls in a row without a reply. */
const FAILURES_TO_OPEN = 5;
/** How long it rests until one call may try it. The time doubles with each try that fails. */
const REST_MIN_MS = 1_000;
const REST_MAX_MS = 10_000;

export class EndpointBreaker {
  readonly #clock: Clock;
  readonly #changed: (circuit: EndpointCircuit) => void;
  #circuit: EndpointCircuit = 'closed';
  #failures = 0;
  #restMs = REST_MIN_MS;
  #timer: unknown;
  /** While the circuit is half open: the call that tries. */
  #tryId: number | undefined;

  /** @param changed Called from within the methods of the breaker. */
  constructor(clock: Clock, changed: (circuit: EndpointCircuit) => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  get circuit(): EndpointCircuit {
    return this.#circuit;
  }

  /** How many calls in a row had no reply. */
  get failures(): number {
    return this.#failures;
  }

  /** Whether the endpoint should get a call. A one-way call cannot try it, because it has no reply. */
  takes(isOneWay: boolean): boolean {
    if (this.#circuit === 'closed') return true;
    return this.#circuit === 'halfOpen' && this.#tryId === undefined && !isOneWay;
  }

  /** A call that expects a reply was sent. */
  sent(requestId: number): void {
    if (this.#circuit === 'halfOpen') this.#tryId ??= requestId;
  }

  /** A call was answered in time. */
  replied(): void {
    this.#failures = 0;
    if (this.#circuit === 'closed') return;
    this.#restMs = REST_MIN_MS;
    this.#enter('closed');
  }

  /** Calls had no reply: one was late, or all of them were lost with their connection, which is one failure. */
  failed(requestIds: readonly number[]): void {
    this.#failures += 1;
    if (this.#circuit === 'closed' && this.#failures >= FAILURES_TO_OPEN) this.#open();
    else if (this.#tryId !== undefined && requestIds.includes(this.#tryId)) this.#open();
  }

  /** Nothing at all comes from the endpoint. */
  trip(): void {
    if (this.#circuit !== 'open') this.#open();
  }

  /** Nobody waits for this call any more. If it was the try, the next call is. */
  forget(requestId: number): void {
    if (this.#tryId === requestId) this.#tryId = undefined;
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
  }

  #open(): void {
    this.#timer = startQuietTimer(this.#clock, () => this.#enter('halfOpen'), this.#restMs);
    this.#restMs = Math.min(this.#restMs * 2, REST_MAX_MS);
    this.#enter('open');
  }

  #enter(circuit: EndpointCircuit): void {
    if (circuit === 'closed') this.#clock.clearTimeout(this.#timer);
    this.#tryId = undefined;
    this.#circuit = circuit;
    this.#changed(circuit);
  }
}

/** The breakers of all endpoints of a servant. */
export class EndpointBreakers {
  readonly #clock: Clock;
  readonly #changed: (endpoint: Endpoint, circuit: EndpointCircuit) => void;
  readonly #breakers = new Map<string, EndpointBreaker>();

  /** @param changed Called from within the methods of the breakers. */
  constructor(clock: Clock, changed: (endpoint: Endpoint, circuit: EndpointCircuit) => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  of(endpoint: Endpoint): EndpointBreaker {
    const key = formatEndpoint(endpoint);
    let breaker = this.#breakers.get(key);
    if (breaker === undefined) {
      breaker = new EndpointBreaker(this.#clock, (circuit) => this.#changed(endpoint, circuit));
      this.#breakers.set(key, breaker);
    }
    return breaker;
  }

  /** Removes the breakers of all other endpoints. */
  keepOnly(endpoints: readonly Endpoint[]): void {
    const wanted = new Set(endpoints.map(formatEndpoint));
    for (const [key, breaker] of this.#breakers) {
      if (wanted.has(key)) continue;
      breaker.stop();
      this.#breakers.delete(key);
    }
  }
}
