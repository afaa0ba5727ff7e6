/** What the page shows where nobody may watch: why, and nothing else. */

import type { ReactNode } from 'react';

export function Barred({ error }: { readonly error: string }): ReactNode {
  return (
    <div className="barred" role="alert" data-testid="barred">
      <h2>Nobody may watch this server from here</h2>
      <p>The server says: {error}</p>
    </div>
  );
}
