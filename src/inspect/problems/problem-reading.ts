/** What the page reads of problems, without the fields that are withheld. */

import type { Answer } from '../../actors/room/ports.ts';
import type { LoggedProblem } from '../../events/problem.ts';
import type { Operations } from '../../operations/operations.ts';
import type { FeedMessage, FeedRequest, ProblemView } from '../feed/feed-protocol.ts';
import type { Redaction } from '../redaction/redaction.ts';

type Asked = Omit<Extract<FeedRequest, { type: 'problems' }>, 'type' | 'id'>;
type Told = Omit<Extract<FeedMessage, { type: 'problems' }>, 'type' | 'id'>;

/** Lines of a stack that are shown. */
const MOST_LINES = 20;

export interface ProblemReading {
  problems(asked: Asked): Promise<Awaited<Answer<Told>>>;
}

export function createProblemReading(
  operations: () => Pick<Operations, 'problems'>,
  redaction: Redaction,
): ProblemReading {
  return {
    async problems({ limit, ...query }) {
      const answer = await operations().problems(query, limit);
      if ('refusal' in answer) return answer;
      const { problems, missing } = answer;
      return { missing, problems: problems.map((problem) => showProblem(problem, redaction)) };
    },
  };
}

/** The fields that somebody outside has chosen, or that tell of somebody. */
const NAMES = ['client', 'user', 'room', 'address', 'handler', 'target'] as const;

function showProblem(problem: LoggedProblem, redaction: Redaction): ProblemView {
  const { error, reason, ...plain } = problem;
  const shown: Record<string, unknown> = { ...plain, reason: redaction.showText('reason', reason) };
  for (const name of NAMES) {
    const value = problem[name];
    if (value === undefined) continue;
    if (redaction.withholds(name)) delete shown[name];
    else shown[name] = redaction.showText(name, value);
  }
  if (error !== undefined) Object.assign(shown, showError(error, redaction));
  return shown as unknown as ProblemView;
}

/** The stack repeats the message, and is told where that is. */
function showError({ name, message, stack = '' }: NonNullable<LoggedProblem['error']>, redaction: Redaction) {
  const told = Object.assign(new Error(message), { name });
  const error = redaction.showError(told);
  const lines = stack.split('\n').filter((line) => line.startsWith('    at '));
  const isWhole = error.includes(name);
  return {
    error,
    ...(isWhole && lines.length > 0 && { stack: lines.slice(0, MOST_LINES).map((line) => line.trim()) }),
  };
}
