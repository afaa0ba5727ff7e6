/** The log of a process: on standard error, or in the file of a TARS platform. */

import { destination, pino, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Settings } from '../../config/schema/settings.ts';

const STDERR = 2;

/**
 * Makes the log: readable on a terminal, JSON lines elsewhere. It is written line by line, so that a process that is
 * killed has lost no line.
 * @param file Where to write JSON lines instead of stderr.
 */
export function createLogger({ level, format }: Settings['log'], file?: DestinationStream): Logger {
  const isPretty = format === 'pretty' || (format === 'auto' && process.stderr.isTTY);
  const options = { level, base: { pid: process.pid } };
  if (file !== undefined) return pino(options, file);
  if (!isPretty) return pino(options, destination({ dest: STDERR, sync: true }));
  return pino(
    options,
    pretty({ destination: STDERR, sync: true, translateTime: 'HH:MM:ss.l', ignore: 'pid,hostname' }),
  );
}
