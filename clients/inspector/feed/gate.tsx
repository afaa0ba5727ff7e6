/** What the page shows instead of the inspector: that nobody may watch, or a form for the admin token. */

import { useId, useState, type FormEvent, type ReactNode } from 'react';
import type { FeedClient, LinkState } from './feed.ts';

interface GateProps {
  readonly client: FeedClient;
  readonly state: LinkState;
  readonly children: ReactNode;
}

/** Shows its children when the server allows watching. */
export function Gate({ client, state, children }: GateProps): ReactNode {
  if (state.name === 'barred') return <Barred error={state.error} />;
  if (state.name !== 'locked') return children;
  return (
    <TokenForm
      error={state.error}
      isRetry={client.token !== undefined}
      onToken={(token) => client.giveToken(token)}
    />
  );
}

function Barred({ error }: { readonly error: string }): ReactNode {
  return (
    <div className="barred" role="alert" data-testid="barred">
      <h2>This server cannot be watched from here</h2>
      <p>The server says: {error}</p>
    </div>
  );
}

interface TokenFormProps {
  /** The message of the server. */
  readonly error: string;
  /** A token was sent before, and was wrong. */
  readonly isRetry: boolean;
  readonly onToken: (token: string) => void;
}

function TokenForm({ error, isRetry, onToken }: TokenFormProps): ReactNode {
  const [token, setToken] = useState('');
  const id = useId();
  return (
    <form className="token-form" onSubmit={submit} data-testid="token-form">
      <h2>The inspector needs a token</h2>
      <p id={`${id}-about`}>Enter the admin token of this server. The page keeps it in this tab only.</p>
      <label htmlFor={id}>Admin token</label>
      <input
        id={id}
        type="password"
        autoComplete="off"
        autoFocus
        required
        value={token}
        aria-describedby={`${id}-about ${id}-error`}
        aria-invalid={isRetry}
        onChange={({ target }) => setToken(target.value)}
      />
      <p id={`${id}-error`} className="answer refused" role="alert">
        {error === '' ? '' : `The server says: ${error}`}
      </p>
      <button type="submit" className="primary">
        Open
      </button>
    </form>
  );

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (token.trim() !== '') onToken(token.trim());
  }
}
