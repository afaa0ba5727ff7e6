/** Asks for the admin token, which stays in this tab. */

import { useId, useState, type FormEvent, type ReactNode } from 'react';

interface TokenFormProps {
  /** What the server said. */
  readonly error: string;
  /** A token was given before, and was not the right one. */
  readonly isRetry: boolean;
  readonly onToken: (token: string) => void;
}

export function TokenForm({ error, isRetry, onToken }: TokenFormProps): ReactNode {
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
