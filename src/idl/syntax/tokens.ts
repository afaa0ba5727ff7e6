/** The tokens and keywords of the .tars language. */

import type { Span } from './source-file.ts';

export type TokenKind =
  | 'identifier'
  | 'keyword'
  | 'integer'
  | 'float'
  | 'string'
  | 'punctuation'
  | 'include'
  | 'end';

export interface Token extends Span {
  readonly kind: TokenKind;
  /** As written. */
  readonly text: string;
  /** It is the first token on its line. */
  readonly first?: boolean;
  /** The value of an integer. */
  readonly integer?: bigint;
  /** The value of a float. */
  readonly float?: number;
  /** The value of a string, with its escapes resolved. */
  readonly string?: string;
}

/** `// …` or a block comment. */
export interface Comment extends Span {
  readonly text: string;
}

export const KEYWORDS: ReadonlySet<string> = new Set([
  'void',
  'struct',
  'bool',
  'byte',
  'short',
  'int',
  'double',
  'float',
  'long',
  'string',
  'vector',
  'map',
  'key',
  'routekey',
  'module',
  'interface',
  'out',
  'require',
  'optional',
  'false',
  'true',
  'enum',
  'const',
  'unsigned',
]);
