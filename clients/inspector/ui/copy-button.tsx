/** A button that copies a text, and shows the result for a moment. */

import { useEffect, useState, type ReactNode } from 'react';
import { copyText } from './clipboard.ts';

const SHOWN_MS = 1_500;

interface CopyButtonProps {
  readonly label: string;
  /** The name of the text, as the start of a sentence. */
  readonly what: string;
  readonly getText: () => string | Promise<string>;
  readonly announce: (text: string) => void;
}

export function CopyButton({ label, what, getText, announce }: CopyButtonProps): ReactNode {
  const [outcome, setOutcome] = useState<'copied' | 'failed'>();
  useEffect(() => {
    if (outcome === undefined) return;
    const timer = setTimeout(() => setOutcome(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  return (
    <button type="button" className="copy" data-outcome={outcome} onClick={() => void copy()}>
      {label}
    </button>
  );

  async function copy(): Promise<void> {
    try {
      const isCopied = await copyText(await getText(), what, announce);
      setOutcome(isCopied ? 'copied' : 'failed');
    } catch (error) {
      setOutcome('failed');
      announce(`${what} could not be copied: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
