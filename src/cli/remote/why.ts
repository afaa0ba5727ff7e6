/** The command `statecast why`: what a running server refused a user or a connection, and on what grounds. */

import * as z from 'zod';
import { loggedProblem } from '../../http/api/explain-route.ts';
import { toPlainText, toPlainJson } from '../../system/plain-text.ts';
import type { ApiClient } from './api-client.ts';

const shape = z.object({
  result: z.object({ problems: z.array(loggedProblem), missing: z.number() }),
});

type Shown = z.infer<typeof loggedProblem>;

export interface WhyFlags {
  /** `who` is the id of a connection. */
  readonly client?: boolean;
  readonly room?: string;
  readonly json?: boolean;
}

/**
 * Returns what the command prints, what was seen last first.
 * @param who The name of a user, or the id of a connection. Default: everybody.
 * @throws {RemoteError} when the server does not tell.
 */
export async function runWhy(
  api: Pick<ApiClient, 'read'>,
  who: string | undefined,
  { client = false, room, json = false }: WhyFlags,
): Promise<string> {
  const asked = new URLSearchParams({
    ...(who !== undefined && { [client ? 'client' : 'user']: who }),
    ...(room !== undefined && { room }),
  });
  const { problems, missing } = (await api.read(`api/explain?${asked.toString()}`, shape)).result;
  if (json) return `${toPlainJson({ problems, missing })}\n`;
  const lacking = missing === 0 ? '' : `${missing} nodes have not answered: there may be more\n`;
  if (problems.length === 0) return `${lacking}nothing was refused and nothing failed in the last hour\n`;
  return lacking + problems.map(describe).join('\n');
}

function describe(problem: Shown): string {
  const { at, count, kind, reason, code, error } = problem;
  const times = count === 1 ? '' : `, ${count} times since ${toTime(problem.since)}`;
  const lines = [
    `${toTime(at)}  ${kind}${code === undefined ? '' : ` (${code})`}: ${reason}${times}`,
    who(problem),
    where(problem),
    limitOf(problem),
    problem.rule && `  rule ${problem.rule.name} is ${problem.rule.value}`,
    error && `  ${error.name}: ${error.message}`,
  ];
  return `${lines
    .filter((line) => line !== undefined)
    .map(toPlainText)
    .join('\n')}\n`;
}

function who({ client, user, room, address, handler, target }: Shown): string | undefined {
  const parts = Object.entries({ user, client, room, address, handler, target });
  const told = parts.filter(([, value]) => value !== undefined).map(([name, value]) => `${name} ${value}`);
  return told.length === 0 ? undefined : `  ${told.join(', ')}`;
}

function where({ machine, state, event, guards = [] }: Shown): string | undefined {
  if (machine === undefined) return undefined;
  const asked = guards.map(({ name, holds }) => `${name} ${holds ? 'holds' : 'does not hold'}`);
  const parts = [
    `machine ${machine}${state === undefined || state === '' ? '' : ` in ${state}`}`,
    event && `event ${event}`,
    ...asked,
  ];
  return `  ${parts.filter((part) => part !== undefined).join(', ')}`;
}

function limitOf({ limit }: Shown): string | undefined {
  if (limit === undefined) return undefined;
  return `  limit ${limit.name} is ${limit.value}${limit.actual === undefined ? '' : `, and this is ${limit.actual}`}`;
}

function toTime(ms: number): string {
  return new Date(ms).toISOString();
}
