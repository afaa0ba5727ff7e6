/** Asks the server the same question again and again, while the page is visible and has a link to the server. */

import { useCallback, useEffect, useRef, useState } from 'react';
import { createPolling, type Polling } from '../../shared/polling.ts';
import type { AnswerTo, Outcome, Question } from '../feed/feed.ts';
import type { Inspector } from '../session/inspector.ts';
import { useDocumentVisible, useStore } from '../ui/hooks.ts';

export interface Polled<Type extends Question['type']> {
  /** The latest answer, even to an earlier question; undefined before the first one. */
  readonly answer: AnswerTo<Type> | undefined;
  /** Why the latest question was refused. */
  readonly error: string | undefined;
  /** Asks now. */
  readonly refresh: () => void;
}

/** @param intervalMs from an answer to the next question */
export function usePolled<Type extends Question['type']>(
  { client, link }: Pick<Inspector, 'client' | 'link'>,
  question: Extract<Question, { type: Type }>,
  intervalMs: number,
): Polled<Type> {
  type Told = Outcome<AnswerTo<Type>>;
  const [state, setState] = useState<Omit<Polled<Type>, 'refresh'>>({ answer: undefined, error: undefined });
  const isReady = useStore(link).name === 'ready';
  const isAsking = useDocumentVisible() && isReady;
  const polling = useRef<Polling>(undefined);
  // Each render has its own object for the same question.
  const key = JSON.stringify(question);
  useEffect(() => {
    let isCurrent = true;
    const asked = JSON.parse(key) as Extract<Question, { type: Type }>;
    const started = createPolling<Told>({
      ask: () => client.ask<Type>(asked),
      listener(outcome) {
        if (!isCurrent || outcome.type === 'unanswered') return;
        if (outcome.type === 'answered') setState({ answer: outcome.answer, error: undefined });
        else setState(({ answer }) => ({ answer, error: outcome.error }));
      },
      intervalMs,
    });
    polling.current = started;
    return () => {
      isCurrent = false;
      started.stop();
    };
  }, [client, key, intervalMs]);
  useEffect(() => polling.current?.setVisible(isAsking), [isAsking, client, key, intervalMs]);
  const refresh = useCallback(() => polling.current?.refresh(), []);
  return { ...state, refresh };
}
