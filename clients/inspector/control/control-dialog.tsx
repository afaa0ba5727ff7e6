/** Asks for a confirmation, sends the command, and shows the answer. */

import { useId, useState, type ReactNode } from 'react';
import type { ControlCommand } from '../../../src/inspect/feed/feed-protocol.ts';
import type { AnswerTo, Outcome } from '../feed/feed.ts';
import { ModalDialog } from '../ui/modal-dialog.tsx';
import type { ControlQuestion } from './control-questions.ts';

export type Control = (command: ControlCommand) => Promise<Outcome<AnswerTo<'control'>>>;

interface ControlDialogProps {
  readonly question: ControlQuestion;
  readonly control: Control;
  readonly onClose: () => void;
  /** Called when it was done. */
  readonly onDone?: () => void;
}

export function ControlDialog({ question, control, onClose, onDone }: ControlDialogProps): ReactNode {
  const { command, label, title, words, isDangerous, takesReason } = question;
  const [reason, setReason] = useState('');
  const [answer, setAnswer] = useState<Answer>();
  const id = useId();
  return (
    <ModalDialog title={title} onClose={onClose}>
      <p>{words}</p>
      {takesReason && (
        <>
          <label htmlFor={id}>Reason, which is sent to the client (optional)</label>
          <input
            id={id}
            type="text"
            maxLength={120}
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
        </>
      )}
      <AnswerLine answer={answer} />
      <div className="dialog-buttons">
        <button type="button" onClick={onClose}>
          {answer?.type === 'done' ? 'Close' : 'Cancel'}
        </button>
        {answer?.type !== 'done' && (
          <button type="button" className={isDangerous ? 'danger' : 'primary'} onClick={() => void act()}>
            {label}
          </button>
        )}
      </div>
    </ModalDialog>
  );

  async function act(): Promise<void> {
    setAnswer({ type: 'asking' });
    const trimmed = reason.trim();
    const answered = toAnswer(await control({ ...command, ...(trimmed !== '' && { reason: trimmed }) }));
    setAnswer(answered);
    if (answered.type === 'done') onDone?.();
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
