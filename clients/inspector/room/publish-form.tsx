/** A form that publishes a message in a room, as the server itself. */

import { useId, useState, type ReactNode, type SubmitEvent } from 'react';
import { AnswerLine, toAnswer, type Answer } from '../control/control-dialog.tsx';
import type { FeedClient } from '../feed/feed.ts';
import { Select } from '../ui/fields.tsx';
import { readMessage, type MessageForm } from './read-message.ts';

interface PublishFormProps {
  readonly client: FeedClient;
  readonly room: string;
  readonly onDone: () => void;
}

export function PublishForm({ client, room, onDone }: PublishFormProps): ReactNode {
  const [text, setText] = useState('');
  const [form, setForm] = useState<MessageForm>('json');
  const [answer, setAnswer] = useState<Answer>();
  const id = useId();
  const isAsking = answer?.type === 'asking';
  return (
    <form className="publish" aria-label="Publish" onSubmit={(event) => void publish(event)}>
      <label htmlFor={id}>Message to all members</label>
      <textarea
        id={id}
        rows={2}
        spellCheck={false}
        placeholder={form === 'json' ? '{"text":"hello"}' : 'hello'}
        aria-invalid={answer?.type === 'refused'}
        aria-describedby={`${id}-answer`}
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setAnswer(undefined);
        }}
      />
      <div className="line">
        <Select label="as" value={form} onChange={(next) => setForm(next as MessageForm)}>
          <option value="json">JSON</option>
          <option value="text">text</option>
        </Select>
        <button type="submit" className="primary" aria-disabled={isAsking}>
          Publish
        </button>
        <div id={`${id}-answer`}>
          <AnswerLine answer={answer} />
        </div>
      </div>
    </form>
  );

  async function publish(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (isAsking) return;
    const read = readMessage(text, form);
    if ('error' in read) return setAnswer({ type: 'refused', error: read.error });
    setAnswer({ type: 'asking' });
    const actor = { kind: 'room', id: room } as const;
    const answered = toAnswer(
      await client.ask({ type: 'control', actor, command: { type: 'publish', data: read.data } }),
    );
    setAnswer(answered);
    if (answered.type !== 'done') return;
    setText('');
    onDone();
  }
}
