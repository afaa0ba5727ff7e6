/** Frames of one turn that leave as one. It knows no socket. */

import type { Frame } from '../../protocol/text.ts';
import type { JoinFrames } from './transport.ts';

export class JoinedFrames {
  readonly join: JoinFrames;
  readonly #frames: Frame[];

  constructor(join: JoinFrames, first: Frame) {
    this.join = join;
    this.#frames = [first];
  }

  add(frame: Frame): void {
    this.#frames.push(frame);
  }

  /** One frame with all of them. A frame that is alone stays as it is. */
  toFrame(): Frame {
    const [first] = this.#frames;
    return first !== undefined && this.#frames.length === 1 ? first : this.join(this.#frames);
  }
}
