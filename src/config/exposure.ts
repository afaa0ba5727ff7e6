/** The rule that an open HTTP push is never reachable from elsewhere by accident. It listens on nothing. */

import * as z from 'zod';
import { isLoopbackHost } from '../system/loopback.ts';
import { settingsSchema } from './schema/schema.ts';

/** Only what the rule needs, so that it is told beside the problems of other settings. */
const exposureSchema = z.object(settingsSchema.pick({ host: true, http: true }).shape);

/** Says what to set if these settings would open HTTP push to everybody; nothing if they do not. */
export function findExposure(input: unknown): { host: string; advice: string } | undefined {
  const parsed = exposureSchema.safeParse(input);
  if (!parsed.success) return undefined;
  const { host, http } = parsed.data;
  if (isLoopbackHost(host) || http.apiKey !== undefined || http.open) return undefined;
  const advice =
    `the server would listen on ${host} with HTTP push open to everybody: ` +
    'set http.apiKey (STATECAST_HTTP_API_KEY) or, if that is meant, http.open to true';
  return { host, advice };
}
