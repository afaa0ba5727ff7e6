/** Tells from what a TARS platform answers to an upload whether it took the package. Its HTTP status is 200 in any case. */

import { PackageError } from './package-error.ts';

/** The `ret_code` of success, where the answer is JSON. */
const PLATFORM_OK = 200;
/** The state of a node's task that went well; others are `EM_I_FAILED`, `EM_I_CANCEL` and so on. */
const TASK_OK = 'EM_I_SUCCESS';
/** The most characters of a refusal that are shown. */
const MAX_TOLD = 2_000;

/**
 * Returns what the platform says of a package that it took. The web console of nodes answers text: a line for each node
 * that it will patch, then the task, with the state and the words of each node. That of Kubernetes, and the check of the
 * ticket, answer `{ ret_code, err_msg, data }`.
 * @throws {PackageError} for any other answer, with the platform's words.
 */
export function readUploadAnswer(status: number, text: string): string {
  const json = parseObject(text);
  if (json !== undefined) return readJson(status, json, text);
  const states = readTaskStates(text);
  const missing = readNodes(text).filter((node) => !states.some((state) => state.node === node));
  const isTaken = states.length > 0 && missing.length === 0 && states.every(({ state }) => state === TASK_OK);
  if (status === 200 && isTaken) return states.map(({ words }) => words).join('\n');
  const failed = states.filter(({ state }) => state !== TASK_OK).map(({ words }) => words);
  const silent = missing.map((node) => `${node} did not answer`);
  const said = status === 200 && states.length > 0 ? [...failed, ...silent].join('\n') : readWords(text);
  throw refuse(`HTTP ${status}`, said);
}

interface JsonAnswer {
  readonly ret_code?: unknown;
  readonly err_msg?: unknown;
  readonly data?: unknown;
}

function parseObject(text: string): JsonAnswer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function readJson(status: number, { ret_code: code, err_msg: said, data }: JsonAnswer, text: string): string {
  if (status === 200 && code === PLATFORM_OK) return JSON.stringify(data ?? '');
  const where = code === undefined ? `HTTP ${status}` : `HTTP ${status}, ret_code ${JSON.stringify(code)}`;
  throw refuse(where, typeof said === 'string' && said !== '' ? said : readWords(text));
}

interface TaskState {
  readonly node: string;
  readonly state: string;
  /** All lines of the node. */
  readonly words: string;
}

/** `NODE EM_I_… WORDS`; the words may go on in further lines. */
function readTaskStates(text: string): readonly TaskState[] {
  const starts = [...text.matchAll(/^(\S+) (EM_I_[A-Z_]+)\b/gm)];
  return starts.map((start, index) => ({
    node: start[1]!,
    state: start[2]!,
    words: text.slice(start.index, starts[index + 1]?.index).trim(),
  }));
}

/** The nodes that are patched: `patch serverId: 7, node_name: 10.0.0.5`. */
function readNodes(text: string): readonly string[] {
  return [...text.matchAll(/patch serverId: \S+, node_name: (\S+)/g)].map(([, node]) => node!);
}

/** The platform begins some answers with the text of a value that it has not set. */
function readWords(text: string): string {
  return text.replace(/^undefined/, '').trim();
}

function refuse(where: string, said: string): PackageError {
  const told = said.length > MAX_TOLD ? `${said.slice(0, MAX_TOLD)}…` : said;
  return new PackageError(
    `the platform did not take the package (${where})${told === '' ? '' : `: ${told}`}`,
  );
}
