/** Makes the log of a served process: readable on a terminal, JSON lines elsewhere. */

import { destination, pino, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Settings } from '../../config/schema/settings.ts';

const STDERR = 2;

/**
 * The log goes to stderr, line by line: a process that is killed has written all it had to say.
 * @param file Where it goes instead, as JSON lines.
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
