/** The actions on an actor: buttons, each with a dialog that confirms it and shows the server's answer. */

import { useState, type ReactNode } from 'react';
import type { ControlCommand } from '../../../src/inspect/feed/feed-protocol.ts';
import type { FeedClient, Welcome } from '../feed/feed.ts';
import { keyOf } from '../names/address.ts';
import { useStore } from '../ui/hooks.ts';
import type { WatchStore } from '../watch/watch-store.ts';
import { ActButton } from './act-button.tsx';
import { questionsOf } from './control-questions.ts';
import { SendDialog } from './send-dialog.tsx';

interface ControlBarProps {
  readonly client: FeedClient;
  readonly welcome: Welcome;
  readonly watch: WatchStore;
}

export function ControlBar({ client, welcome, watch }: ControlBarProps): ReactNode {
  const { actor } = watch;
  const { log } = useStore(watch);
  const [isSending, setSending] = useState(false);
  const sendable = welcome.sendable[actor.kind] ?? [];
  // The states of now, whatever moment is shown.
  const questions = questionsOf(actor, log.momentsAt(log.last).get(keyOf(actor))?.states ?? []);
  if (sendable.length === 0 && questions.length === 0) return null;
  const control = (command: ControlCommand) => client.ask({ type: 'control', actor, command });
  return (
    <div className="control" role="group" aria-label="Control">
      {sendable.length > 0 && (
        <button type="button" onClick={() => setSending(true)}>
          Send event…
        </button>
      )}
      {questions.map((question) => (
        // The dialog of `mute` stays open when the button has become that of `unmute`.
        <ActButton
          key={question.command.type === 'unmute' ? 'mute' : question.command.type}
          {...{ client, actor, question }}
        />
      ))}
      {isSending && (
        <SendDialog watch={watch} sendable={sendable} control={control} onClose={() => setSending(false)} />
      )}
    </div>
  );
}
