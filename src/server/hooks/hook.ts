/** One question of the settings: who is asked, what is passed on, and how the answer is read. */

import type {
  BackendAnswer,
  Question,
  QuestionAsker,
  QuestionKind,
  QuestionOutcome,
  UnusableAnswer,
} from '../../actors/backend/asking.ts';
import type { Backends } from '../../actors/backend/backends.ts';
import type { HttpPort } from '../../backends/http-port.ts';
import type { HooksProxy } from '../../tars/servants/hooks.ts';
import { askServant } from './ask-servant.ts';
import { pickHeaders, toBody, type BodyPart, type Passing, type QuestionBody } from './question-body.ts';
import { AnswerError, readAnswer, readJson } from './read-answer.ts';

/** What the settings say of one question. */
export interface HookSettings extends Passing {
  readonly url?: string | undefined;
  readonly servant?: string | undefined;
  readonly timeoutSeconds: number;
  readonly setHeaders: Readonly<Record<string, string>>;
}

/** What is the same for all questions of a server. */
export interface HookParts {
  readonly backends: Backends;
  readonly http: HttpPort;
  readonly proxyOf: (servant: string) => HooksProxy;
}

/** What is the same for all questions of a kind. */
export interface HookKind<Asked, Result> {
  readonly kind: QuestionKind;
  readonly toPart: (asked: Asked, asker: QuestionAsker) => BodyPart;
  readonly readResult: (result: unknown) => Result;
}

export class Hook<Asked, Result> implements Question<Asked, Result> {
  readonly timeoutMs: number;
  readonly #settings: HookSettings;
  readonly #parts: HookParts;
  readonly #kind: HookKind<Asked, Result>;
  readonly #target: string;
  readonly #proxy: HooksProxy | undefined;

  constructor(settings: HookSettings, parts: HookParts, kind: HookKind<Asked, Result>) {
    const { url, servant } = settings;
    this.timeoutMs = settings.timeoutSeconds * 1000;
    this.#settings = settings;
    this.#parts = parts;
    this.#kind = kind;
    this.#target = url === undefined ? (servant ?? '') : nameOf(url);
    this.#proxy = servant === undefined ? undefined : parts.proxyOf(servant);
  }

  ask(asker: QuestionAsker, asked: Asked, gone: AbortSignal): Promise<QuestionOutcome<Result>> {
    const { kind, toPart } = this.#kind;
    const body = toBody(asker, this.#settings, toPart(asked, asker));
    return this.#parts.backends.ask(
      asker,
      {
        kind,
        room: body.channel,
        target: this.#target,
        isBackend: this.#proxy === undefined,
        timeoutMs: this.timeoutMs,
        pose: (signal) => this.#pose(asker, body, signal).catch(toUnusable),
      },
      gone,
    );
  }

  async #pose(asker: QuestionAsker, body: QuestionBody, signal: AbortSignal): Promise<BackendAnswer<Result>> {
    const { readResult, kind } = this.#kind;
    const { headers: names, claimedHeaders: claimedNames } = this.#settings;
    const headers = pickHeaders(asker.facts?.headers, names);
    const claimedHeaders = pickHeaders(asker.facts?.claimedHeaders, claimedNames);
    if (this.#proxy === undefined) {
      return readAnswer(readJson(await this.#post(body, headers, claimedHeaders, signal)), readResult);
    }
    const asked = { kind, body, headers, claimedHeaders, deadlineMs: this.timeoutMs };
    return readAnswer(await askServant(this.#proxy, asked), readResult);
  }

  async #post(
    body: QuestionBody,
    headers: Readonly<Record<string, string>>,
    claimedHeaders: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<string> {
    const { url = '', setHeaders } = this.#settings;
    const claimed = Object.entries(claimedHeaders).map(([name, value]) => [`x-claimed-${name}`, value]);
    const sent = Object.entries(setHeaders).map(([name, value]) => [name.toLowerCase(), value]);
    const answer = await this.#parts.http.post(url, {
      headers: {
        ...headers,
        ...Object.fromEntries(claimed),
        ...Object.fromEntries(sent),
        accept: 'application/json',
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
      signal,
    });
    const words = `it answered with the status ${answer.status}`;
    if (UNREACHED.has(answer.status)) throw new Error(words);
    if (answer.status !== 200) throw new AnswerError(words);
    return answer.body;
  }
}

/** What stands before a backend says so of one that it does not reach, or that cannot take more. */
const UNREACHED: ReadonlySet<number> = new Set([502, 503, 504]);

/** A wrong answer may be about one question only, and a client may know how to get it: the backend is not left alone. */
function toUnusable(error: unknown): UnusableAnswer {
  if (error instanceof AnswerError) return { type: 'unusable', error };
  throw error;
}

/** The address without the query, which may hold a secret. */
function nameOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
