/** What can be done to actors, with the words that ask for a confirmation. */

import type { StatePath } from '../../../src/inspect/chart/chart.ts';
import type { ActorAddress, ControlCommand } from '../../../src/inspect/feed/feed-protocol.ts';
import { MUTED_STATE } from '../names/room-words.ts';
import { escapeControls } from '../ui/escape-controls.ts';
import { describeParty } from '../events/party-words.ts';

export interface ControlQuestion {
  readonly command: Exclude<ControlCommand, { readonly type: 'send' | 'publish' }>;
  readonly label: string;
  readonly title: string;
  readonly words: string;
  /** It cannot be undone. */
  readonly isDangerous: boolean;
  /** Whether clients are told a reason. */
  readonly takesReason: boolean;
}

/** What the header of an actor offers. */
export function questionsOf(actor: ActorAddress, states: readonly StatePath[]): readonly ControlQuestion[] {
  switch (actor.kind) {
    case 'connection':
      return [askToDisconnect(actor.id, 'Kick')];
    case 'membership':
      return [askToKick(describeParty(actor))];
    case 'room':
      return [askToMute(actor.id, states.includes(MUTED_STATE)), askToClose(actor.id)];
    case 'server':
    case 'moderation':
    case 'question':
    case 'backend':
    case 'tarsProxy':
    case 'delivery':
    case 'redisLink':
      return [];
  }
}

export function askToDisconnect(connection: string, label = 'Disconnect'): ControlQuestion {
  return {
    command: { type: 'kick' },
    label,
    title: `Close ${describeParty({ kind: 'connection', id: connection })}?`,
    words: 'Its socket is closed with code 3503, and it leaves its rooms.',
    isDangerous: true,
    takesReason: true,
  };
}

/** @param who the member, in words */
export function askToKick(who: string): ControlQuestion {
  return {
    command: { type: 'kick' },
    label: 'Kick',
    title: `Remove ${who} from its room?`,
    words: 'The member is removed from its room. Its connection stays open.',
    isDangerous: true,
    takesReason: true,
  };
}

/** @param member its id */
export function askToEndPresence(member: string, who: string): ControlQuestion {
  return {
    command: { type: 'removePresence', member },
    label: 'End presence',
    title: `End the presence of ${who}?`,
    words: 'Your backend has made it present, without a connection. It may do so again.',
    isDangerous: true,
    takesReason: false,
  };
}

export function askToMute(room: string, isMuted: boolean): ControlQuestion {
  return isMuted
    ? {
        command: { type: 'unmute' },
        label: 'Unmute',
        title: `Let members publish in room ${escapeControls(room)} again?`,
        words: 'Clients may publish in the room as its rules say.',
        isDangerous: false,
        takesReason: false,
      }
    : {
        command: { type: 'mute' },
        label: 'Mute',
        title: `Mute room ${escapeControls(room)}?`,
        words: 'Only the server can publish in the room until it is unmuted or leaves memory.',
        isDangerous: false,
        takesReason: false,
      };
}

export function askToClose(room: string): ControlQuestion {
  return {
    command: { type: 'close' },
    label: 'Close room',
    title: `Close room ${escapeControls(room)}?`,
    words: 'All members are removed, and the room is closed.',
    isDangerous: true,
    takesReason: true,
  };
}

export function askToRemoveHistory(room: string): ControlQuestion {
  return {
    command: { type: 'removeHistory' },
    label: 'Remove history',
    title: `Remove the history of room ${escapeControls(room)}?`,
    words: 'The messages that are kept are dropped for good. The position of the stream stays.',
    isDangerous: true,
    takesReason: false,
  };
}
