/** The dialog for sending an event to an actor, with a confirmation. */

import { useId, useState, type ReactNode } from 'react';
import { AnswerLine, toAnswer, type Answer, type Control } from './control-dialog.tsx';
import { readData, templateOf } from './control-templates.ts';
import { ModalDialog } from '../ui/modal-dialog.tsx';
import { describeParty } from '../events/party-words.ts';
import type { WatchStore } from '../watch/watch-store.ts';

interface SendDialogProps {
  readonly watch: WatchStore;
  readonly sendable: readonly string[];
  readonly control: Control;
  readonly onClose: () => void;
}

export function SendDialog({ watch, sendable, control, onClose }: SendDialogProps): ReactNode {
  const { actor } = watch;
  const template = (type: string): string => templateOf(type, actor, watch.getView().log);
  const [type, setType] = useState(sendable[0] ?? '');
  const [text, setText] = useState(() => template(type));
  const [isAsking, setAsking] = useState(false);
  const [answer, setAnswer] = useState<Answer>();
  const id = useId();
  const read = readData(text);
  return (
    <ModalDialog title={`Send an event to ${describeParty(actor)}`} onClose={onClose}>
      <label htmlFor={`${id}-type`}>Event</label>
      <select id={`${id}-type`} value={type} onChange={({ target }) => choose(target.value)}>
        {sendable.map((event) => (
          <option key={event}>{event}</option>
        ))}
      </select>
      <label htmlFor={`${id}-data`}>Its fields, as JSON</label>
      <textarea
        id={`${id}-data`}
        rows={6}
        spellCheck={false}
        aria-invalid={read.type === 'invalid'}
        aria-describedby={`${id}-error`}
        value={text}
        onChange={({ target }) => change(target.value)}
      />
      <p id={`${id}-error`} className="answer refused">
        {read.type === 'invalid' ? read.error : ''}
      </p>
      {isAsking && (
        <p>
          This happens in the running server. Send <code>{type}</code> to {describeParty(actor)}?
        </p>
      )}
      <AnswerLine answer={answer} />
      <div className="dialog-buttons">
        <button type="button" onClick={onClose}>
          Close
        </button>
        <button
          type="button"
          className={isAsking ? 'danger' : 'primary'}
          aria-disabled={read.type === 'invalid'}
          onClick={() => void act()}
        >
          {isAsking ? 'Yes, send it' : 'Send…'}
        </button>
      </div>
    </ModalDialog>
  );

  function choose(next: string): void {
    setType(next);
    change(template(next));
  }

  function change(next: string): void {
    setText(next);
    setAsking(false);
    setAnswer(undefined);
  }

  async function act(): Promise<void> {
    if (read.type === 'invalid') return;
    if (!isAsking) return setAsking(true);
    setAsking(false);
    setAnswer({ type: 'asking' });
    setAnswer(toAnswer(await control({ type: 'send', event: { ...read.data, type } })));
  }
}
