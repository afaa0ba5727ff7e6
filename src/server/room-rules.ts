/** What is allowed in rooms: what the settings say of a room, and what holds where they say nothing. */

import type { BroadcastRule } from '../actors/broadcasts.ts';
import { DEFAULT_BOUNDARY, ownersOf, type Allowances, type RoomRules } from '../actors/room/rules/rules.ts';
import type { Settings } from '../config/schema/settings.ts';
import { isLoopbackHost } from '../system/loopback.ts';
import type { RoomDefinition } from './server-options.ts';

const OPEN: RoomRules = {
  join: 'anyone',
  publish: 'anyone',
  presence: 'anyone',
  history: 'anyone',
  rpc: 'anyone',
};

/** Who is refused by `onJoin` neither reads nor speaks. */
const OPEN_TO_MEMBERS: RoomRules = {
  join: 'anyone',
  publish: 'members',
  presence: 'members',
  history: 'members',
  rpc: 'members',
};

const CLOSED: RoomRules = {
  join: 'nobody',
  publish: 'nobody',
  presence: 'nobody',
  history: 'nobody',
  rpc: 'nobody',
};

/** About what the owner's backend is asked, in a room. Only whether it is asked is looked at. */
interface Asked {
  readonly subscribe?: unknown;
  readonly publish?: unknown;
}

/**
 * Tells what is allowed in a room. On loopback a room is open where its settings say nothing, as in the original; beyond
 * loopback it is closed.
 */
export function createAllowances(
  settings: Pick<Settings, 'host' | 'auth'>,
): (
  room: string,
  definition: Pick<RoomDefinition, 'may' | 'onJoin'> | undefined,
  questions?: Asked,
) => Allowances {
  const { auth } = settings;
  const onLoopback = isLoopbackHost(settings.host);
  const boundary = auth.userBoundary ?? (auth.personalRoom === undefined ? undefined : DEFAULT_BOUNDARY);

  return (room, definition, questions) => {
    if (auth.insecure) return { rules: OPEN, isKnown: true };
    const isJudged = definition?.onJoin !== undefined || questions?.subscribe !== undefined;
    const open = isJudged ? OPEN_TO_MEMBERS : OPEN;
    const usual = withQuestions(onLoopback ? open : CLOSED, questions);
    return {
      rules: definition?.may === undefined ? usual : merge(usual, definition.may),
      isKnown: onLoopback || definition !== undefined || questions !== undefined,
      owners: ownersOf(room, boundary, auth.personalRoom),
    };
  };
}

/** What holds where the setting says nothing: as in the original on loopback, and nobody beyond. */
export function ruleOfBroadcasts({
  auth,
  broadcast,
  host,
}: Pick<Settings, 'auth' | 'broadcast' | 'host'>): BroadcastRule {
  if (auth.insecure) return 'anyone';
  return broadcast ?? (isLoopbackHost(host) ? 'anyone' : 'nobody');
}

/** Where the owner's backend is asked, it decides. */
function withQuestions(usual: RoomRules, questions: Asked | undefined): RoomRules {
  if (questions === undefined) return usual;
  return {
    ...usual,
    ...(questions.subscribe !== undefined && { join: 'anyone' }),
    ...(questions.publish !== undefined && { publish: 'anyone' }),
  };
}

function merge(usual: RoomRules, may: NonNullable<RoomDefinition['may']>): RoomRules {
  const { join, publish, presence, history, rpc } = may;
  return {
    join: join ?? usual.join,
    publish: publish ?? usual.publish,
    presence: presence ?? usual.presence,
    history: history ?? usual.history,
    rpc: rpc ?? usual.rpc,
  };
}
