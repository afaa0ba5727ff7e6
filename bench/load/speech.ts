/** The frame that a job sends, and the marks of what comes back. */

import { encodeTextFrame } from './client-frames.ts';
import { nameRoom } from './crowd.ts';
import { DIALECTS, markOf } from './dialect.ts';
import type { Speech } from './jobs.ts';
import type { Target } from './wire-client.ts';

/** By what is recognized what is received. */
export interface SpeechMarks {
  readonly delivery: number;
  /** Missing if the delivery is the answer. */
  readonly answer: number | undefined;
}

export function speechFrame({ dialect }: Target, speech: Speech, roomIndex: number): Buffer {
  const words = DIALECTS[dialect];
  switch (speech.to) {
    case 'room':
      return encodeTextFrame(words.sayInRoom(nameRoom(roomIndex), makeMessage(speech.bytes)).frame);
    case 'everybody':
      return encodeTextFrame(words.sayToAll(makeMessage(speech.bytes)).frame);
    case 'server':
      return encodeTextFrame(speech.frame);
  }
}

export function speechMarks({ dialect }: Target, speech: Speech): SpeechMarks {
  const words = DIALECTS[dialect];
  if (speech.to === 'server') return { delivery: markOf(dialect, speech.answer), answer: undefined };
  const message = makeMessage(speech.bytes);
  const { answer } = speech.to === 'room' ? words.sayInRoom(nameRoom(0), message) : words.sayToAll(message);
  return { delivery: markOf(dialect, words.heard(message)), answer: markOf(dialect, answer) };
}

/** A message of this length. */
export function makeMessage(bytes: number): string {
  return 'The quick brown fox jumps over the lazy dog. '.repeat(Math.ceil(bytes / 45)).slice(0, bytes);
}
