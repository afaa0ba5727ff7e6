/** Form fields that several panes use. */

import type { ReactNode } from 'react';

interface CheckProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  /** The label. */
  readonly children: ReactNode;
}

export function Check({ checked, onChange, children }: CheckProps): ReactNode {
  return (
    <label className="check">
      <input type="checkbox" checked={checked} onChange={({ target }) => onChange(target.checked)} />
      {children}
    </label>
  );
}

interface ChangesCheckProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** Shows only what changed a state. */
export function ChangesCheck(props: ChangesCheckProps): ReactNode {
  return (
    <Check {...props}>
      changes<span className="visually-hidden"> of states only</span>
    </Check>
  );
}

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** The options. */
  readonly children: ReactNode;
}

export function Select({ label, value, onChange, children }: SelectProps): ReactNode {
  return (
    <label>
      <span>{label}</span>
      <select value={value} onChange={({ target }) => onChange(target.value)}>
        {children}
      </select>
    </label>
  );
}
