/** One question to a server of Redis, over a connection of its own. */

import { createRawClient } from './raw-client.ts';

/** How long it may take, in milliseconds. */
const ASK_MS = 1_000;

/** @throws an error when there is no answer in time, or Redis refuses. */
export async function askServer(
  url: string,
  caFile: string | undefined,
  words: readonly string[],
): Promise<unknown> {
  const client = await createRawClient({ url, caFile, connectMs: ASK_MS });
  client.on('error', () => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('Redis does not answer')), ASK_MS);
  });
  const asked = client.connect().then(() => client.sendCommand<unknown>(words));
  // It is ended below, and nobody waits for it then.
  asked.catch(() => undefined);
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
    if (client.isOpen) client.destroy();
  }
}
