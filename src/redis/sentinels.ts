/** The sentinels of a Redis: they tell which server is the master now. */

import { askServer } from './ask-server.ts';
import { moveTo } from './redis-address.ts';

export interface SentinelsOptions {
  /** HOST:PORT of each. */
  readonly sentinels: readonly string[];
  readonly master: string;
  /** User, password, database and TLS of the master; its host does not matter. */
  readonly url: string;
  readonly caFile: string | undefined;
}

/**
 * Returns what asks the sentinels, one after another, for the URL of the master.
 * @throws (what it returns) an error that names the last one that did not answer.
 */
export function createSentinels({ sentinels, master, url, caFile }: SentinelsOptions): () => Promise<string> {
  /** The one that has answered is asked first the next time. */
  let order = [...sentinels];
  const scheme = new URL(url).protocol;

  return async () => {
    let failure: unknown;
    for (const sentinel of order) {
      try {
        const [host, port] = await askForMaster(`${scheme}//${sentinel}`, master, caFile);
        order = [sentinel, ...order.filter((other) => other !== sentinel)];
        return moveTo(url, host, Number(port));
      } catch (error) {
        failure = error;
      }
    }
    const why = failure instanceof Error ? `: ${failure.message}` : '';
    throw new Error(`no sentinel tells where the master ${master} is${why}`, { cause: failure });
  };
}

async function askForMaster(
  url: string,
  master: string,
  caFile: string | undefined,
): Promise<readonly [string, string]> {
  const answer = await askServer(url, caFile, ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', master]);
  if (!Array.isArray(answer)) throw new Error(`a sentinel knows no master ${master}`);
  return answer as unknown as readonly [string, string];
}
