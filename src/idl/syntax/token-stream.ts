/** Reads the tokens of a file one after another, and finds the place to go on after an error. */

import type { Report } from './diagnostics.ts';
import type { Span } from './source-file.ts';
import type { Token } from './tokens.ts';

/** Thrown inside a definition; the error has been reported. */
class SyntaxFailure extends Error {}

export class TokenStream {
  readonly #tokens: readonly Token[];
  readonly #report: Report;
  readonly #warn: Report | undefined;
  #index = 0;
  #missingAt = -1;

  /** @param warn Gets what older compilers let go. Without it that is an error. */
  constructor(tokens: readonly Token[], report: Report, warn?: Report) {
    this.#tokens = tokens;
    this.#report = report;
    this.#warn = warn;
  }

  /** The next token, or a later one; at the end always `end`. */
  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#index + ahead, this.#tokens.length - 1)]!;
  }

  /** The token before the next one. */
  get last(): Token {
    return this.#tokens[Math.max(0, this.#index - 1)]!;
  }

  next(): Token {
    const token = this.peek();
    this.#index++;
    return token;
  }

  /** Whether the next token is this keyword or punctuation. */
  at(text: string): boolean {
    const { kind, text: found } = this.peek();
    return found === text && (kind === 'keyword' || kind === 'punctuation');
  }

  /** Whether the next line starts a definition: then everything before it has ended. */
  atDefinition(): boolean {
    const { kind, text, first } = this.peek();
    return kind === 'keyword' && first === true && STARTERS.has(text);
  }

  atEnd(): boolean {
    return this.peek().kind === 'end';
  }

  accept(text: string): boolean {
    if (!this.at(text)) return false;
    this.#index++;
    return true;
  }

  /** Takes this keyword or punctuation, or fails. */
  expect(text: string, after: string): Token {
    if (this.at(text)) return this.next();
    return this.fail(`expected '${text}' after ${after}, found ${this.found()}`);
  }

  /**
   * Takes a `;`, or reports that it is missing and goes on as if it were there, because the text after it is most likely
   * right.
   */
  expectSemicolon(after: string): void {
    if (!this.accept(';')) this.reportMissing(';', `after ${after}`, this.#warn);
  }

  /** Reports what is missing after the last token, once for each place. */
  reportMissing(text: string, where: string, report = this.#report): void {
    if (this.#missingAt === this.#index) return;
    this.#missingAt = this.#index;
    const { end } = this.last;
    report({ start: end, end }, `'${text}' is missing ${where}`);
  }

  /** Whether it is accepted, with a warning, what older compilers let go. */
  get isLenient(): boolean {
    return this.#warn !== undefined;
  }

  warn(span: Span, message: string): void {
    this.#warn?.(span, message);
  }

  /** Reports an error, by default at the next token, and leaves the definition. */
  fail(message: string, span: Span = this.peek()): never {
    this.#report(span, message);
    throw new SyntaxFailure(message);
  }

  /** The next token as it is shown in messages. */
  found(): string {
    const { kind, text } = this.peek();
    if (kind === 'end') return 'the end of the file';
    return kind === 'keyword' ? `the keyword '${text}'` : `'${text}'`;
  }

  /** Runs one step of a list. If it fails, goes on after the next `;`, or at the `}` that ends the list. */
  attempt<T>(step: () => T): T | undefined {
    const before = this.#index;
    try {
      return step();
    } catch (error) {
      if (!(error instanceof SyntaxFailure)) throw error;
      if (this.#index === before && !this.at('}')) this.#index++;
      this.#recover();
      return undefined;
    }
  }

  #recover(): void {
    let depth = 0;
    while (!this.atEnd()) {
      if (depth === 0 && (this.at('}') || this.atDefinition())) return;
      const { text } = this.next();
      if (text === '{') depth++;
      else if (text === '}') depth--;
      if (text === ';' && depth === 0) return;
      if (text === '}' && depth === 0) {
        this.accept(';');
        return;
      }
    }
  }
}

/** Keywords that start a definition when they are first on a line. */
const STARTERS: ReadonlySet<string> = new Set(['module', 'struct', 'enum', 'interface', 'const']);
