/** Parses the parts of definitions: names, paths, types and literal values. */

import { join } from './source-file.ts';
import type { BaseName, LiteralSyntax, Name, Path, TypeSyntax } from './syntax.ts';
import type { TokenStream } from './token-stream.ts';

/** Deeper than any sensible type, and far from a stack overflow. */
const MAX_TYPE_DEPTH = 32;

/** Parses a name; `what` describes it in messages. */
export function parseName(tokens: TokenStream, what: string): Name {
  const { kind, text } = tokens.peek();
  if (kind === 'identifier') return tokens.next();
  if (kind === 'keyword') tokens.fail(`'${text}' is a keyword and cannot be ${what}`);
  return tokens.fail(`expected ${what}, found ${tokens.found()}`);
}

export function parsePath(tokens: TokenStream, what: string): Path {
  const names = [parseName(tokens, what)];
  while (tokens.accept('::')) names.push(parseName(tokens, `a name after '::'`));
  return {
    ...join(names[0]!, names.at(-1)!),
    names,
    text: names.map(({ text }) => text).join('::'),
  };
}

export function parseType(tokens: TokenStream, depth = 0): TypeSyntax {
  const first = tokens.peek();
  if (depth > MAX_TYPE_DEPTH) tokens.fail(`a type nested deeper than ${MAX_TYPE_DEPTH}`);
  const type = parsePlainType(tokens, depth);
  if (tokens.at('*')) tokens.fail('pointers are not supported: use vector<byte>');
  return parseLength(tokens, { ...type, ...join(first, tokens.last) });
}

/**
 * Parses a fixed length after a type or a name, which other TARS compilers allow. `T[8]` travels as a vector, and
 * `string:8` as a string.
 */
export function parseLength(tokens: TokenStream, type: TypeSyntax): TypeSyntax {
  const first = tokens.peek();
  const isArray = tokens.at('[');
  if (!isArray && !tokens.at(':')) return type;
  if (!tokens.isLenient) tokens.fail('arrays of a fixed length are not supported: use vector<T>');
  tokens.next();
  const { integer = 0n } = tokens.peek();
  if (integer < 1n) tokens.fail(`expected a length above 0, found ${tokens.found()}`);
  tokens.next();
  if (isArray) tokens.expect(']', 'the length');
  else if (!hasLength(type)) tokens.fail("only a string or a vector has a length after ':'", first);
  const read = isArray ? 'an array of a fixed length is read as a vector: ' : '';
  tokens.warn(join(first, tokens.last), `${read}its length is not checked`);
  return isArray ? { ...join(type, tokens.last), kind: 'vector', item: type } : type;
}

function hasLength(type: TypeSyntax): boolean {
  return type.kind === 'vector' || (type.kind === 'base' && type.base === 'string');
}

function parsePlainType(tokens: TokenStream, depth: number): TypeSyntax {
  const { kind, text, start, end } = tokens.peek();
  const span = { start, end };
  if (kind === 'identifier') return { ...span, kind: 'named', path: parsePath(tokens, 'a type') };
  if (tokens.accept('vector')) {
    tokens.expect('<', "'vector'");
    const item = parseType(tokens, depth + 1);
    tokens.expect('>', "the vector's type");
    return { ...span, kind: 'vector', item };
  }
  if (tokens.accept('map')) {
    tokens.expect('<', "'map'");
    const key = parseType(tokens, depth + 1);
    tokens.expect(',', "the map's key");
    const value = parseType(tokens, depth + 1);
    tokens.expect('>', "the map's value");
    return { ...span, kind: 'map', key, value };
  }
  if (tokens.accept('unsigned')) return { ...span, kind: 'base', base: parseUnsigned(tokens) };
  if (isBaseName(text) && kind === 'keyword') {
    tokens.next();
    return { ...span, kind: 'base', base: text };
  }
  if (tokens.at('void')) tokens.fail("'void' is no type of a value");
  return tokens.fail(`expected a type, found ${tokens.found()}`);
}

function parseUnsigned(tokens: TokenStream): BaseName {
  if (tokens.accept('byte')) return 'unsigned byte';
  if (tokens.accept('short')) return 'unsigned short';
  if (tokens.accept('int')) return 'unsigned int';
  if (tokens.at('long')) tokens.fail("'unsigned long' is not supported: nothing wider than long travels");
  return tokens.fail(`expected byte, short or int after 'unsigned', found ${tokens.found()}`);
}

function isBaseName(text: string): text is BaseName {
  return BASE_NAMES.has(text);
}

const BASE_NAMES: ReadonlySet<string> = new Set<BaseName>([
  'bool',
  'byte',
  'short',
  'int',
  'long',
  'float',
  'double',
  'string',
]);

/** The value of a constant, a default or an enum member. */
export function parseLiteral(tokens: TokenStream): LiteralSyntax {
  const { kind, start, end, integer, float, string } = tokens.peek();
  const span = { start, end };
  if (kind === 'identifier') {
    const path = parsePath(tokens, 'a value');
    return { start: path.start, end: path.end, kind: 'path', path };
  }
  if (tokens.accept('true')) return { ...span, kind: 'boolean', value: true };
  if (tokens.accept('false')) return { ...span, kind: 'boolean', value: false };
  if (integer !== undefined) return { ...(tokens.next(), span), kind: 'integer', value: integer };
  if (float !== undefined) return { ...(tokens.next(), span), kind: 'float', value: float };
  if (string !== undefined) return { ...(tokens.next(), span), kind: 'string', value: string };
  return tokens.fail(`expected a value, found ${tokens.found()}`);
}
