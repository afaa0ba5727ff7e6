/** Clients with the published SDK of the Centrifuge protocol, whose sockets a test can cut. They end with their test. */

import { Centrifuge, type Options } from 'centrifuge';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

export interface SdkClient {
  readonly centrifuge: Centrifuge;
  /** Drops the TCP connection, as a broken network does. */
  cut(): void;
}

/** @param url `http://127.0.0.1:PORT/` @param query Of the handshake, such as `?user=ada`. */
export function createSdkClient(url: string, options: Partial<Options> = {}, query = ''): SdkClient {
  const sockets: WebSocket[] = [];
  class CuttableSocket extends WebSocket {
    constructor(address: string) {
      super(address);
      sockets.push(this);
    }
  }
  const address = `${url.replace('http', 'ws')}connection/websocket${query}`;
  const centrifuge = new Centrifuge(address, {
    websocket: CuttableSocket,
    minReconnectDelay: 1,
    maxReconnectDelay: 100,
    ...options,
  });
  onTestFinished(() => centrifuge.disconnect());
  centrifuge.connect();
  return { centrifuge, cut: () => sockets.at(-1)?.terminate() };
}
