/** The errors of the test kit, and how it writes values in them. It imports no test framework. */

import { inspect } from 'node:util';
import { ERRORS, type ErrorName, type Refusal } from '../protocol/errors.ts';

/** What a test expected was not so. Test frameworks show `actual` and `expected`. */
export class ExpectationError extends Error {
  readonly code = 'ERR_ASSERTION';
  readonly actual: unknown;
  readonly expected: unknown;
  constructor(message: string, actual?: unknown, expected?: unknown) {
    super(message);
    this.name = 'AssertionError';
    this.actual = actual;
    this.expected = expected;
  }
}

/** The server refused a command of a test client, or closed its connection. */
export class CommandRefusedError extends Error {
  /** What a client of the Centrifuge protocol gets: the code of an error, or of a close. */
  readonly code: number;
  /** The name of the error in the table; absent for a close, and for an error of a function that was called. */
  readonly error: ErrorName | undefined;
  /** @param cause the error of your own code behind it, if there is one. */
  constructor(what: string, refused: { code: number; message: string; error?: ErrorName }, cause?: unknown) {
    const { code, message, error } = refused;
    super(`${what} was refused with ${code}: ${message}`, cause === undefined ? {} : { cause });
    this.name = 'CommandRefusedError';
    this.code = code;
    this.error = error;
  }
}

/** A refusal with its code. */
export function withCode({ error, message, code = ERRORS[error].code }: Refusal) {
  return { error, message, code };
}

/**
 * Waits until the server refuses a command, and returns the error: `await expectRefusal(ann.join('vip'), /not you/)`.
 * @param expected The code, the name of the error, or a pattern of the message. Default: any.
 * @throws {ExpectationError} if it was not refused, or otherwise. Errors that are no refusals are thrown as they are.
 */
export async function expectRefusal(
  command: Promise<unknown>,
  expected?: number | ErrorName | RegExp,
): Promise<CommandRefusedError> {
  let answer: unknown;
  try {
    answer = await command;
  } catch (error) {
    if (!(error instanceof CommandRefusedError)) throw error;
    if (fits(error, expected)) return error;
    const wanted = expected instanceof RegExp ? `a message like ${expected}` : expected;
    const { code, message } = error;
    throw new ExpectationError(`expected a refusal with ${wanted}, but ${message}`, code, expected);
  }
  throw new ExpectationError(`expected a refusal, but it was done, and answered ${show(answer)}`);
}

function fits(
  { code, error, message }: CommandRefusedError,
  expected?: number | ErrorName | RegExp,
): boolean {
  if (expected === undefined) return true;
  return expected instanceof RegExp ? expected.test(message) : expected === code || expected === error;
}

/** A value on one line, as far as it fits. */
export function show(value: unknown): string {
  return inspect(value, { depth: 6, breakLength: Infinity, maxStringLength: 300, maxArrayLength: 20 });
}

/** An error of the code under test: of a handler that threw or was late, of a route or a listener. */
export interface CodeError {
  readonly error: unknown;
  /** As in `onMessage of room "lobby"`. */
  readonly where: string;
}

/** The errors that nobody has noticed yet. */
export class CodeErrors {
  readonly #errors: CodeError[] = [];

  add(error: unknown, where: string): void {
    this.#errors.push({ error, where });
  }

  /** The latest one that was not taken: the cause of a refusal. */
  take(): unknown {
    return this.#errors.pop()?.error;
  }

  takeAll(): CodeError[] {
    return this.#errors.splice(0);
  }

  /** @throws {Error} if there are some that were not taken: nobody has noticed them. */
  throwRest(): void {
    const [first] = this.#errors;
    if (first === undefined) return;
    const list = this.#errors.map(({ error, where }) => `${where}: ${show(error)}`).join('\n');
    throw new Error(`errors of your code that no client was told of:\n${list}`, { cause: first.error });
  }
}
