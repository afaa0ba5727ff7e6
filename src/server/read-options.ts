/** What `createServer` is given, taken apart and checked: settings, parts, handlers and definitions. */

import { ConfigError } from '../config/layer/config-error.ts';
import { checkSettings, findOptionProblems, findProcessSettings, pickTransport } from './check-options.ts';
import { takeParts } from './nodes/create-shared-parts.ts';
import { pickRoomSettings } from './room-definitions.ts';
import type { ServantDefinitions } from './servants/rpc.ts';
import { readCertificate } from './tls-files.ts';
import { findUnknownServants } from './servants/unknown-servants.ts';
import type { ServerOptions } from './server-options.ts';
import type { ServerProcess } from './server-process.ts';
import { findWebhookProblems } from './webhooks/webhook-problems.ts';

/** @throws {ConfigError} listing every problem with the options, or with the settings. */
export function readOptions<All extends ServantDefinitions>(
  options: ServerOptions<All>,
  ownProcess: ServerProcess | undefined,
) {
  const problems = [
    ...findOptionProblems(options),
    ...(ownProcess === undefined ? findProcessSettings(options) : []),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  const [given, others] = takeParts(options);
  const {
    statStore,
    transport: givenTransport,
    rooms: definitions = {},
    routes = {},
    codecs = {},
    servants: servantDefinitions = {} as All,
    onError,
    authenticate,
    onBroadcast,
    onCall,
    onSend,
    ...rest
  } = others;
  const { sharing, ...processSettings } = ownProcess ?? {};
  const settings = checkSettings({
    ...rest,
    ...processSettings,
    ...(typeof givenTransport === 'string' && { transport: givenTransport }),
    rooms: pickRoomSettings(definitions),
  });
  const tls = readCertificate(settings.tls);
  const unusable = [
    ...findWebhookProblems(settings.webhooks),
    ...findUnknownServants(settings, servantDefinitions),
    ...tls.problems,
  ];
  if (unusable.length > 0) throw new ConfigError(unusable);
  const transportChoice = pickTransport(
    typeof givenTransport === 'function' ? givenTransport : settings.transport,
    settings.host,
  );
  return {
    given,
    settings,
    transportChoice,
    certificate: tls.certificate,
    sharing,
    definitions,
    servantDefinitions,
    routes,
    codecs,
    statStore,
    onError,
    authenticate,
    onBroadcast,
    onCall,
    onSend,
  };
}
