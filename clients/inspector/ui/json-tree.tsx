/** A JSON object as a tree that can be collapsed. Values that the server withholds are marked. */

import { useState, type ReactNode } from 'react';
import type { FeedObject } from '../../../src/inspect/feed/feed-protocol.ts';
import { toJsonRows, type JsonRow } from './json-rows.ts';

interface JsonTreeProps {
  readonly label: string;
  readonly value: FeedObject;
  /** Levels that are expanded at first. Default 2. */
  readonly levels?: number;
}

export function JsonTree({ label, value, levels = 2 }: JsonTreeProps): ReactNode {
  /** What the user has collapsed or expanded; `levels` decides about everything else. */
  const [folds, setFolds] = useState<ReadonlyMap<string, boolean>>(new Map());
  const rows = toJsonRows(value, (path, depth) => folds.get(path) ?? depth < levels - 1);
  if (rows.length === 0) return <p className="remark">empty</p>;
  return (
    <ul className="json" aria-label={label}>
      {rows.map((row) => (
        <li key={row.path} style={{ paddingInlineStart: `${row.depth * 0.875}rem` }}>
          <Name row={row} onFold={() => setFolds(new Map(folds).set(row.path, row.isOpen !== true))} />
          <span className={`value ${row.kind}`}>{row.text}</span>
        </li>
      ))}
    </ul>
  );
}

function Name({
  row: { name, isOpen },
  onFold,
}: {
  readonly row: JsonRow;
  readonly onFold: () => void;
}): ReactNode {
  if (isOpen === undefined) return <span className="name">{name}</span>;
  return (
    <button type="button" className="name" aria-expanded={isOpen} onClick={onFold}>
      {name}
    </button>
  );
}
