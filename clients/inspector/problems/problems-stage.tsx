/** What was refused, dropped, closed or failed in the last hour, and why. */

import { useCallback, useMemo, type ReactNode } from 'react';
import type { ProblemView } from '../../../src/inspect/feed/feed-protocol.ts';
import { PROBLEM_KINDS, toHash, type ProblemFilter } from '../names/address.ts';
import { SearchField } from '../room/search-field.tsx';
import { usePolled } from '../room/use-polled.ts';
import type { Inspector } from '../session/inspector.ts';
import { Select } from '../ui/fields.tsx';
import { formatCount } from '../ui/format.ts';
import { ProblemRow } from './problem-row.tsx';

const INTERVAL_MS = 2_000;
const MOST = 200;

interface ProblemsStageProps {
  readonly inspector: Inspector;
  /** As the address has it. */
  readonly filter: ProblemFilter;
}

export function ProblemsStage({ inspector, filter: { kind, search } }: ProblemsStageProps): ReactNode {
  const filter = useMemo<ProblemFilter>(
    () => ({ ...(kind !== undefined && { kind }), ...(search !== undefined && { search }) }),
    [kind, search],
  );
  const { answer, error } = usePolled(inspector, { type: 'problems', ...filter, limit: MOST }, INTERVAL_MS);
  const handleSearch = useCallback(
    (text: string) => {
      if (text === (filter.search ?? '')) return;
      const { search: _, ...rest } = filter;
      show(text === '' ? rest : { ...rest, search: text });
    },
    [filter],
  );
  return (
    <div className="problems" data-testid="problems">
      <header className="actor-header">
        <h2>Problems of the last hour</h2>
        <p className="quiet">
          What was refused, dropped or closed, and what failed, on all nodes: which state and guard decided,
          and over which limit.
        </p>
      </header>
      <div className="pane-head">
        <SearchField
          label="Search by user, room, connection or reason"
          placeholder="user, room, id or reason"
          initial={search ?? ''}
          onSearch={handleSearch}
        />
        <Select label="Kind" value={kind ?? ''} onChange={(next) => show(withKind(filter, next))}>
          <option value="">any</option>
          {PROBLEM_KINDS.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </Select>
        <span className="quiet" data-testid="problems-found">
          {answer === undefined ? '…' : describeFound(answer.problems, answer.missing)}
        </span>
      </div>
      {error !== undefined && (
        <p className="remark error" role="alert">
          {error}
        </p>
      )}
      {answer?.problems.length === 0 && <p className="remark">Nothing of that kind in the last hour.</p>}
      <ol className="problem-list" aria-label="Problems, those that were seen last first">
        {answer?.problems.map((problem) => (
          <ProblemRow key={keyOfProblem(problem)} problem={problem} />
        ))}
      </ol>
    </div>
  );
}

function show(filter: ProblemFilter): void {
  location.replace(toHash({ type: 'problems', ...filter }));
}

function withKind(filter: ProblemFilter, next: string): ProblemFilter {
  const { kind: _, ...rest } = filter;
  const kind = PROBLEM_KINDS.find((each) => each === next);
  return kind === undefined ? rest : { ...rest, kind };
}

/** The number is one of a node. */
function keyOfProblem({ id, since, client, reason }: ProblemView): string {
  return [id, since, client, reason].join(' ');
}

function describeFound(problems: readonly ProblemView[], missing: number): string {
  const total = problems.reduce((sum, { count }) => sum + count, 0);
  const found = `${formatCount(problems.length)}${problems.length === MOST ? ' or more' : ''}, seen ${formatCount(total)} times`;
  if (missing === 0) return found;
  return `${found}; ${missing === 1 ? '1 node does' : `${missing} nodes do`} not answer`;
}
