/** Clients that join a room each and then stay silent. */

import { openCrowd, prepareJoins, until } from './crowd.ts';
import type { ClientListener, Target, WireClient } from './wire-client.ts';

const SETTLE_MS = 60_000;

export interface Members {
  readonly clients: readonly WireClient<number>[];
  /** Data frames received since all had joined. */
  heard(): number;
  /** @throws {Error} if the server has closed one of the connections. */
  check(): void;
}

/** Opens clients, which fill the rooms evenly, and resolves when all joins are answered. */
export async function gatherMembers(target: Target, count: number, rooms: number): Promise<Members> {
  const joins = prepareJoins(target, rooms);
  const states = Array.from({ length: count }, (_, index) => index % rooms);
  let joined = 0;
  let heard = 0;
  let lost: string | undefined;
  const listener: ClientListener<number> = {
    heard(_client, mark) {
      if (joined < count && mark === joins.answerMark) joined += 1;
      else heard += 1;
    },
    caughtUp: () => undefined,
    lost: (_client, why) => (lost ??= why),
  };
  const describe = (): string =>
    `${joined} of ${count} are in their rooms, ${heard} other frames, ${lost ?? 'no connection'} lost`;
  const clients = await openCrowd(target, states, listener, (client) =>
    client.write(joins.frames[client.state] ?? new Uint8Array()),
  );
  await until(() => joined === count || lost !== undefined, SETTLE_MS, describe);
  const members: Members = {
    clients,
    heard: () => heard,
    check() {
      if (lost !== undefined) throw new Error(describe());
    },
  };
  members.check();
  if (heard > 0) throw new Error(describe());
  return members;
}
