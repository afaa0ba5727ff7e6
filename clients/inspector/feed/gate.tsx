/** What the page shows instead of the inspector where nobody may watch, or nobody without the admin token. */

import { useId, useState, type FormEvent, type ReactNode } from 'react';
import type { FeedClient, LinkState } from './feed.ts';

interface GateProps {
  readonly client: FeedClient;
  readonly state: LinkState;
  readonly children: ReactNode;
}

/** Shows its children to a person who may see them. */
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
      <h2>Nobody may watch this server from here</h2>
      <p>The server says: {error}</p>
    </div>
  );
}

interface TokenFormProps {
  /** What the server said. */
  readonly error: string;
  /** A token was given before, and was not the right one. */
  readonly isRetry: boolean;
  readonly onToken: (token: string) => void;
}

function TokenForm({ error, isRetry, onToken }: TokenFormProps): ReactNode {
  const [token, setToken] = useState('');
  const id = useId();
  return (
    <form className="token-form" onSubmit={submit} data-testid="token-form">
      <h2>The inspector is closed</h2>
      <p id={`${id}-about`}>
        This server shows its machines to those who have its admin token. It is kept in this tab only.
      </p>
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
