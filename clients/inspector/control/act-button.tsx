/** A button for something that the server does, with a dialog that confirms it and shows the answer. */

import { useState, type ReactNode } from 'react';
import type { ActorAddress } from '../../../src/inspect/feed/feed-protocol.ts';
import type { FeedClient } from '../feed/feed.ts';
import { ControlDialog } from './control-dialog.tsx';
import type { ControlQuestion } from './control-questions.ts';

interface ActButtonProps {
  readonly client: FeedClient;
  readonly actor: ActorAddress;
  readonly question: ControlQuestion;
  /** Tells the button apart from others with the same label, for screen readers. */
  readonly about?: string;
  /** Called when it was done. */
  readonly onDone?: () => void;
}

export function ActButton({ client, actor, question, about, onDone }: ActButtonProps): ReactNode {
  // The question may change while its dialog is open: a room that is muted is asked about `unmute`.
  const [asked, setAsked] = useState<ControlQuestion>();
  return (
    <>
      <button
        type="button"
        {...(question.isDangerous && { className: 'danger' })}
        onClick={() => setAsked(question)}
      >
        {question.label}…{about !== undefined && <span className="visually-hidden"> {about}</span>}
      </button>
      {asked !== undefined && (
        <ControlDialog
          question={asked}
          control={(command) => client.ask({ type: 'control', actor, command })}
          onClose={() => setAsked(undefined)}
          {...(onDone !== undefined && { onDone })}
        />
      )}
    </>
  );
}
