/** A field for a search that starts after a pause in the typing. */

import { useEffect, useState, type ReactNode } from 'react';

const TYPING_MS = 150;

interface SearchFieldProps {
  readonly label: string;
  readonly placeholder: string;
  /** What the field has at first. Default: nothing. */
  readonly initial?: string;
  readonly onSearch: (search: string) => void;
}

export function SearchField({ label, placeholder, initial = '', onSearch }: SearchFieldProps): ReactNode {
  const [text, setText] = useState(initial);
  useEffect(() => {
    const timer = setTimeout(() => onSearch(text.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, onSearch]);
  return (
    <label className="search">
      <span className="visually-hidden">{label}</span>
      <input
        type="search"
        placeholder={placeholder}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
    </label>
  );
}
