/** The actions on an actor: buttons, each with a dialog that confirms it and shows the server's answer. */

import { useState, type ReactNode } from 'react';
import type { ActorAddress, ControlCommand } from '../../../src/inspect/feed/feed-protocol.ts';
import { ControlDialog, type ControlQuestion } from './control-dialog.tsx';
import type { FeedClient, Welcome } from '../feed/feed.ts';
import { describeParty } from '../events/party-words.ts';
import { SendDialog } from './send-dialog.tsx';
import type { WatchStore } from '../watch/watch-store.ts';

interface ControlBarProps {
  readonly client: FeedClient;
  readonly welcome: Welcome;
  readonly watch: WatchStore;
}

export function ControlBar({ client, welcome, watch }: ControlBarProps): ReactNode {
  const { actor } = watch;
  const [open, setOpen] = useState<ControlQuestion | 'send'>();
  const sendable = welcome.sendable[actor.kind] ?? [];
  const question = questionOf(actor);
  if (sendable.length === 0 && question === undefined) return null;
  const control = (command: ControlCommand) => client.ask({ type: 'control', actor, command });
  const close = (): void => setOpen(undefined);
  return (
    <div className="control" role="group" aria-label="Control">
      {sendable.length > 0 && (
        <button type="button" onClick={() => setOpen('send')}>
          Send event…
        </button>
      )}
      {question !== undefined && (
        <button type="button" className="danger" onClick={() => setOpen(question)}>
          {question.label}…
        </button>
      )}
      {open === 'send' && <SendDialog watch={watch} sendable={sendable} control={control} onClose={close} />}
      {open !== undefined && open !== 'send' && (
        <ControlDialog question={open} control={control} onClose={close} />
      )}
    </div>
  );
}

function questionOf(actor: ActorAddress): ControlQuestion | undefined {
  switch (actor.kind) {
    case 'connection':
      return {
        label: 'Kick',
        title: `Close ${describeParty(actor)}?`,
        words: 'Its socket is closed with code 3503, and it leaves its rooms.',
        type: 'kick',
      };
    case 'membership':
      return {
        label: 'Kick',
        title: `Remove ${describeParty(actor)} from its room?`,
        words: 'The member is removed from its room. Its connection stays open.',
        type: 'kick',
      };
    case 'room':
      return {
        label: 'Close room',
        title: `Close ${describeParty(actor)}?`,
        words: 'All members are removed, and the room is closed.',
        type: 'close',
      };
    case 'server':
    case 'moderation':
    case 'tarsProxy':
    case 'delivery':
      return undefined;
  }
}
