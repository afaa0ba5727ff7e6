/** A client that sends any bytes: what a library for HTTP or WebSockets would not let it do. */

import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export const HANDSHAKE =
  'GET /sock HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

const MASK = [1, 2, 3, 4] as const;

/** A packet of a flood. */
const PACKET_BYTES = 16 * 1024;
/** Between the bytes of a client that drips. */
const DRIP_MS = 20;

/** A frame with a mask. @param first The byte with the opcode. */
export function encodeClientFrame(first: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head = length < 126 ? [first, 0x80 | length] : [first, 0xfe, length >> 8, length & 0xff];
  const masked = payload.map((byte, index) => byte ^ (MASK[index % 4] ?? 0));
  return Buffer.concat([Buffer.from([...head, ...MASK]), masked]);
}

export class RawClient {
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>;
  /** Its first bytes, one character each. */
  received = '';
  receivedBytes = 0;
  readonly #socket: net.Socket;

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1').on('data', (data: string) => {
      if (this.received.length < PACKET_BYTES) this.received += data;
      this.receivedBytes += data.length;
    });
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.on('close', () => resolve());
    });
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    const client = new RawClient(socket);
    await once(socket, 'connect');
    return client;
  }

  get isOpen(): boolean {
    return this.#socket.writable;
  }

  write(bytes: string | Buffer): void {
    this.#socket.write(bytes);
  }

  /** Writes, and resolves when the system has taken the bytes, or the connection is gone. */
  writeOut(bytes: string | Buffer): Promise<void> {
    return Promise.race([
      this.closed,
      new Promise<void>((resolve) => {
        this.#socket.write(bytes, () => resolve());
      }),
    ]);
  }

  /** Sends the same bytes until the server closes, or `isEnough`. Resolves to how many bytes were sent. */
  async repeat(bytes: Buffer, isEnough: () => boolean = () => false): Promise<number> {
    const packet = Buffer.concat(Array.from({ length: Math.ceil(PACKET_BYTES / bytes.length) }, () => bytes));
    let sent = 0;
    while (this.isOpen && !isEnough()) {
      // A server that ends the socket may stop to read from it before: then nothing is taken any more.
      await Promise.race([this.writeOut(packet), wait(DRIP_MS)]);
      sent += packet.length;
    }
    return sent;
  }

  /** Sends the same few bytes again and again, slowly, until the server closes. */
  async drip(bytes: string): Promise<void> {
    while (this.isOpen) {
      await this.writeOut(bytes);
      await Promise.race([this.closed, wait(DRIP_MS)]);
    }
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }
}

/** A client whose handshake was accepted. */
export async function shakeHands(port: number, handshake = HANDSHAKE): Promise<RawClient> {
  const client = await RawClient.connect(port);
  client.write(handshake);
  while (!client.received.includes('\r\n\r\n')) await Promise.race([wait(1), client.closed]);
  return client;
}
