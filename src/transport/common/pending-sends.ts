/** The sockets with pending frames, which are sent at the end of the turn. */

export class PendingSends {
  readonly #atTurnEnd: (flush: () => void) => void;
  #sockets: { flush(): void }[] = [];

  /** @param atTurnEnd Calls a function when the turn ends. */
  constructor(atTurnEnd: (flush: () => void) => void) {
    this.#atTurnEnd = atTurnEnd;
  }

  add(socket: { flush(): void }): void {
    if (this.#sockets.push(socket) === 1) this.#atTurnEnd(() => this.flushAll());
  }

  flushAll(): void {
    if (this.#sockets.length === 0) return;
    const sockets = this.#sockets;
    this.#sockets = [];
    for (const socket of sockets) socket.flush();
  }
}
