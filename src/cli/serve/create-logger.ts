/** The log of a process: on standard error, or in the file of a TARS platform. Nobody else can write a line into it. */

import { destination, pino, stdSerializers, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Settings } from '../../config/schema/settings.ts';
import { toPlainError, toPlainText } from '../../system/plain-text.ts';

const STDERR = 2;

/**
 * Makes the log: readable on a terminal, JSON lines elsewhere. It is written line by line, so that a process that is
 * killed has lost no line.
 * @param file Where to write JSON lines instead of stderr.
 */
export function createLogger({ level, format }: Settings['log'], file?: DestinationStream): Logger {
  const isPretty = format === 'pretty' || (format === 'auto' && process.stderr.isTTY);
  const options = { level, base: { pid: process.pid } };
  if (file !== undefined) return pino(options, escaping(file, JSON_ESCAPE));
  if (!isPretty) return pino(options, escaping(destination({ dest: STDERR, sync: true }), JSON_ESCAPE));
  const lines = pretty({
    destination: STDERR,
    sync: true,
    translateTime: 'HH:MM:ss.l',
    ignore: 'pid,hostname',
    // It prints two things as they are: the message of a line, and the stack of an error.
    messageFormat: ({ msg }) => toPlainText(typeof msg === 'string' ? msg : ''),
  });
  return pino({ ...options, serializers: { err: describeError } }, escaping(lines, SHOWN_ESCAPE));
}

/** What JSON leaves as it is, and a terminal may obey. */
const LEFT_BY_JSON = /[\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/gu;
/** In a text of JSON, and in one whose reader is to see an escape. */
const JSON_ESCAPE = String.raw`\u`;
const SHOWN_ESCAPE = String.raw`\\u`;

function escaping(stream: DestinationStream, mark: string): DestinationStream {
  const escape = (character: string): string => mark + character.charCodeAt(0).toString(16).padStart(4, '0');
  return { write: (line) => stream.write(line.replaceAll(LEFT_BY_JSON, escape)) };
}

function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error, message: toPlainError(error) };
  return { ...stdSerializers.err(error), stack: toPlainError(error) };
}
