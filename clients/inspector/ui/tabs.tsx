/** Tabs that show one of several panels. */

import { useId, useRef, type KeyboardEvent, type ReactNode } from 'react';

export interface Tab {
  readonly id: string;
  readonly label: ReactNode;
  readonly content: ReactNode;
}

interface TabsProps {
  readonly label: string;
  readonly className?: string;
  readonly tabs: readonly Tab[];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
  /** Shown beside the tabs. */
  readonly beside?: ReactNode;
}

export function Tabs({ label, className = '', tabs, chosen, onChoose, beside }: TabsProps): ReactNode {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const shown = tabs.find((tab) => tab.id === chosen) ?? tabs[0];
  if (shown === undefined) return null;
  return (
    <div className={`tabs ${className}`}>
      <div className="tab-bar">
        <div role="tablist" aria-label={label} ref={list} onKeyDown={handleKey}>
          {tabs.map((tab) => (
            <button
              key={tab.id}
              type="button"
              role="tab"
              id={`${id}-tab-${tab.id}`}
              aria-selected={tab === shown}
              aria-controls={tab === shown ? `${id}-panel` : undefined}
              tabIndex={tab === shown ? 0 : -1}
              onClick={() => onChoose(tab.id)}
            >
              {tab.label}
            </button>
          ))}
        </div>
        {beside}
      </div>
      <div className="tab-panel" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-tab-${shown.id}`}>
        {shown.content}
      </div>
    </div>
  );

  function handleKey(event: KeyboardEvent): void {
    const to = targetOf(event.key);
    if (to === undefined) return;
    event.preventDefault();
    onChoose(to.id);
    list.current?.querySelector<HTMLElement>(`[id="${id}-tab-${to.id}"]`)?.focus();
  }

  function targetOf(key: string): Tab | undefined {
    const at = tabs.findIndex((tab) => tab === shown);
    if (key === 'ArrowRight') return tabs[(at + 1) % tabs.length];
    if (key === 'ArrowLeft') return tabs.at(at - 1);
    if (key === 'Home') return tabs[0];
    return key === 'End' ? tabs.at(-1) : undefined;
  }
}
