/** Asks for a confirmation, sends the command, and shows the answer. */

import { useId, useState, type ReactNode } from 'react';
import type { ControlCommand } from '../../../src/inspect/feed/feed-protocol.ts';
import type { AnswerTo, Outcome } from '../feed/feed.ts';
import { ModalDialog } from '../ui/modal-dialog.tsx';

export interface ControlQuestion {
  readonly type: 'kick' | 'close';
  readonly label: string;
  readonly title: string;
  readonly words: string;
}

export type Control = (command: ControlCommand) => Promise<Outcome<AnswerTo<'control'>>>;

interface ControlDialogProps {
  readonly question: ControlQuestion;
  readonly control: Control;
  readonly onClose: () => void;
}

export function ControlDialog({ question, control, onClose }: ControlDialogProps): ReactNode {
  const { type, label, title, words } = question;
  const [reason, setReason] = useState('');
  const [answer, setAnswer] = useState<Answer>();
  const id = useId();
  return (
    <ModalDialog title={title} onClose={onClose}>
      <p>{words}</p>
      <label htmlFor={id}>Reason, which is sent to the client (optional)</label>
      <input
        id={id}
        type="text"
        maxLength={120}
        value={reason}
        onChange={({ target }) => setReason(target.value)}
      />
      <AnswerLine answer={answer} />
      <div className="dialog-buttons">
        <button type="button" onClick={onClose}>
          {answer?.type === 'done' ? 'Close' : 'Cancel'}
        </button>
        {answer?.type !== 'done' && (
          <button type="button" className="danger" onClick={() => void act()}>
            {label}
          </button>
        )}
      </div>
    </ModalDialog>
  );

  async function act(): Promise<void> {
    setAnswer({ type: 'asking' });
    const trimmed = reason.trim();
    setAnswer(toAnswer(await control({ type, ...(trimmed !== '' && { reason: trimmed }) })));
  }
}

export type Answer =
  | { readonly type: 'asking' | 'done' }
  | { readonly type: 'refused'; readonly error: string };

export function toAnswer(outcome: Outcome<AnswerTo<'control'>>): Answer {
  if (outcome.type === 'answered') return { type: 'done' };
  const error = outcome.type === 'refused' ? outcome.error : 'the server did not answer';
  return { type: 'refused', error };
}

export function AnswerLine({ answer }: { readonly answer: Answer | undefined }): ReactNode {
  return (
    <p className={`answer ${answer?.type ?? ''}`} role="status">
      {describeAnswer(answer)}
    </p>
  );
}

function describeAnswer(answer: Answer | undefined): string {
  switch (answer?.type) {
    case undefined:
      return '';
    case 'asking':
      return 'Asking the server…';
    case 'done':
      return 'Done.';
    case 'refused':
      return `Refused: ${answer.error}`;
  }
}
