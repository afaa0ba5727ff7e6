/** What a room allows and keeps, and what was done in it from here. */

import type { ReactNode } from 'react';
import type { Inspector } from '../session/inspector.ts';
import { ActsList } from './acts-list.tsx';
import { describeSettings } from './rule-words.ts';
import { usePolled } from './use-polled.ts';

/** They change only when the room is opened anew. */
const INTERVAL_MS = 10_000;

interface RulesPanelProps {
  readonly inspector: Inspector;
  readonly room: string;
}

export function RulesPanel({ inspector, room }: RulesPanelProps): ReactNode {
  const { answer, error } = usePolled(inspector, { type: 'settings', room }, INTERVAL_MS);
  return (
    <div className="rules" data-testid="rules" tabIndex={0} role="region" aria-label="Rules of the room">
      {error !== undefined && (
        <p className="remark error" role="alert">
          {error}
        </p>
      )}
      {answer !== undefined && (
        <dl>
          {describeSettings(answer.settings).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      <ActsList inspector={inspector} room={room} />
    </div>
  );
}
