/** How long a client on `node:http` may take, and in how many pieces a message may come. */

/** In milliseconds. */
export interface HttpDeadlines {
  /** For the whole head of a request, from when the connection is made or the request begins. */
  readonly headMs: number;
  /** For the whole request with its body. */
  readonly requestMs: number;
  /** How long a client may take nothing of an answer that waits for it. */
  readonly answerMs: number;
  /** How often heads and requests are looked at: so much later a connection may be ended. */
  readonly checkMs: number;
}

/** uWebSockets.js has 10 seconds for a head, for 160 KiB of a body, and for a client that takes nothing of an answer. */
export const HTTP_DEADLINES: HttpDeadlines = {
  headMs: 15_000,
  requestMs: 60_000,
  answerMs: 30_000,
  checkMs: 5_000,
};

/** `ws` keeps each piece of a message by itself, which takes some hundred bytes however short it is. */
const MIN_PIECES = 1_024;
const BYTES_OF_A_PIECE = 256;

/** How many fragments a message may have, and in how many packets a frame may come. */
export function countPieces(maxFrameBytes: number): number {
  return Math.max(MIN_PIECES, Math.ceil(maxFrameBytes / BYTES_OF_A_PIECE));
}
