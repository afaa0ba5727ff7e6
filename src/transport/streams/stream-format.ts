/**
 * How frames are written into a response: one line for each (http_stream), or one event for each (SSE). The frames are
 * texts; several lines of one frame, as a codec joins them, are several messages.
 */

import { readText, type Frame } from '../../protocol/text.ts';

export interface StreamFormat {
  readonly contentType: string;
  /** What the response begins with. */
  readonly beginning: string;
  /** What means nothing to a client between messages. */
  readonly filler: string;
  encode(frame: Frame): Buffer;
}

/** Of a Centrifuge client's `http_stream`: each message is one line. */
export const LINES: StreamFormat = {
  contentType: 'application/x-ndjson; charset=utf-8',
  beginning: '',
  // White space may stand before JSON. An empty line would be read as a message by older SDKs.
  filler: ' ',
  encode: (frame) => Buffer.from(`${readFrameText(frame)}\n`),
};

/** A line break ends a field of an event, so each line needs a `data:` of its own. */
const LINE_BREAK = /\r\n|[\r\n]/;

/** Server-sent events (WHATWG HTML, section 9.2): each message is one event with data alone. */
export const EVENTS: StreamFormat = {
  contentType: 'text/event-stream; charset=utf-8',
  beginning: '\r\n',
  filler: '\n',
  encode: (frame) =>
    Buffer.from(
      readFrameText(frame)
        .split(LINE_BREAK)
        .map((line) => `data: ${line}\n\n`)
        .join(''),
    ),
};

/** The last message, which takes the place of a close frame. */
export function formatDisconnect(code: number, reason: string): string {
  return JSON.stringify({ push: { disconnect: { code, reason } } });
}

/** The same frame in each format that is asked for, encoded once. */
export class EncodedFrame {
  readonly #frame: Frame;
  readonly #encoded = new Map<StreamFormat, Buffer>();

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  in(format: StreamFormat): Buffer {
    let bytes = this.#encoded.get(format);
    if (bytes === undefined) {
      bytes = format.encode(this.#frame);
      this.#encoded.set(format, bytes);
    }
    return bytes;
  }
}

function readFrameText(frame: Frame): string {
  return ArrayBuffer.isView(frame) ? Buffer.from(frame).toString() : readText(frame);
}
