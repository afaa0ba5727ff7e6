/** The chart as a list of all states with their descriptions and transitions. It shows all that the picture shows. */

import { memo, useEffect, useMemo, useRef, type ReactNode } from 'react';
import type { Chart, StatePath } from '../../../src/inspect/chart/chart.ts';
import { formatCount } from '../ui/format.ts';
import { countIn, isActive, toStateTree, type StateLine } from './state-tree.ts';

interface StateListProps {
  /** Missing until the server has sent it. */
  readonly chart: Chart | undefined;
  readonly active: readonly StatePath[];
  /** Ids of the transitions that were taken last. */
  readonly taken: readonly string[];
  /** How many actors are in each state without active children, where the chart is that of a kind. */
  readonly counts?: Readonly<Record<StatePath, number>> | undefined;
  readonly selected: StatePath | undefined;
  readonly onSelect: (path: StatePath) => void;
}

export function StateList({ chart, counts, ...rest }: StateListProps): ReactNode {
  const tree = useMemo(() => chart && toStateTree(chart), [chart]);
  const list = useRef<HTMLUListElement>(null);
  const { active, selected } = rest;
  const [first] = active;
  const hasBegun = useRef(false);
  useEffect(() => {
    if (first === undefined || hasBegun.current) return;
    // Only once: later changes must not scroll the list while it is read.
    hasBegun.current = true;
    if (selected === undefined) headOf(list.current, first)?.scrollIntoView({ block: 'center' });
  }, [first, selected]);
  if (chart === undefined || tree === undefined) return <p className="remark">The chart is loading…</p>;
  return (
    <ul ref={list} className="state-list" aria-label={`States of ${chart.machine}`} data-testid="state-list">
      <StateItem line={tree} counts={counts} {...rest} />
    </ul>
  );
}

function headOf(list: Element | null, path: StatePath): Element | null | undefined {
  return list?.querySelector(`[data-state="${CSS.escape(path)}"] > button`);
}

type StateItemProps = Omit<StateListProps, 'chart'> & { readonly line: StateLine };

function StateItem({ line, active, taken, counts, selected, onSelect }: StateItemProps): ReactNode {
  const { state, transitions, children } = line;
  const isLit = isActive(state.path, active);
  return (
    <li data-state={state.path}>
      <StateHead
        line={line}
        isLit={isLit}
        isSelected={state.path === selected}
        count={counts && countIn(state, counts)}
        onSelect={onSelect}
      />
      {transitions.length > 0 && (
        <ul className="transitions" aria-label={`Transitions of ${state.key}`}>
          {transitions.map(({ id, text, targets }) => (
            <li key={id} data-transition={id} className={taken.includes(id) ? 'taken' : undefined}>
              <span className="text">{text}</span>
              {targets.length > 0 && (
                <span className="target">
                  <span aria-hidden="true"> → </span>
                  <span className="visually-hidden">leads to </span>
                  {targets.join(', ')}
                </span>
              )}
              {taken.includes(id) && <span className="visually-hidden">, taken last</span>}
            </li>
          ))}
        </ul>
      )}
      {children.length > 0 && (
        <ul>
          {children.map((child) => (
            <StateItem
              key={child.state.path}
              line={child}
              {...{ active, taken, counts, selected, onSelect }}
            />
          ))}
        </ul>
      )}
    </li>
  );
}

interface StateHeadProps {
  readonly line: StateLine;
  readonly isLit: boolean;
  readonly isSelected: boolean;
  readonly count: number | undefined;
  readonly onSelect: (path: StatePath) => void;
}

const StateHead = memo(function StateHead(props: StateHeadProps): ReactNode {
  const { line, isLit, isSelected, count, onSelect } = props;
  const { path, key, type, description, entry, exit, invokes } = line.state;
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isSelected) button.current?.scrollIntoView({ block: 'nearest' });
  }, [isSelected]);
  return (
    <>
      <button
        ref={button}
        type="button"
        className={`state ${type}${isLit ? ' lit' : ''}`}
        aria-current={isLit ? 'true' : undefined}
        aria-pressed={isSelected}
        onClick={() => onSelect(path)}
      >
        <span className="mark" aria-hidden="true" />
        <span className="key">{key}</span>
        {type !== 'atomic' && <span className="type">{type}</span>}
        {isLit && <span className="visually-hidden">, active</span>}
        {count !== undefined && count > 0 && <span className="count">{formatCount(count)}</span>}
      </button>
      <div className="about">
        {description !== '' && <p>{description}</p>}
        <Names label="entry" names={entry} />
        <Names label="exit" names={exit} />
        <Names label="invokes" names={invokes} />
      </div>
    </>
  );
});

function Names({ label, names }: { readonly label: string; readonly names: readonly string[] }): ReactNode {
  if (names.length === 0) return null;
  return (
    <p className="names">
      {label} / {names.join(', ')}
    </p>
  );
}
