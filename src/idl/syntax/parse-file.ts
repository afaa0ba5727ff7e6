/**
 * Parses a .tars file. After an error, parsing goes on, so that one run reports all errors. The parser is written by
 * hand, so that its messages can say what is missing and where.
 */

import type { Report } from './diagnostics.ts';
import { DocComments } from './doc-comments.ts';
import { lex } from './lexer.ts';
import { parseConst, parseEnum, parseKey, parseStruct, type Parsing } from './parse-definitions.ts';
import { parseInterface } from './parse-interface.ts';
import { parseName } from './parse-parts.ts';
import { join } from './source-file.ts';
import type { DefinitionSyntax, FileSyntax, IncludeSyntax, ModuleSyntax } from './syntax.ts';
import { TokenStream } from './token-stream.ts';

/** @param warn Gets the warnings about what older compilers let go. Without it that is an error. */
export function parseFile(text: string, report: Report, warn?: Report): FileSyntax {
  const { tokens: list, comments } = lex(text, report);
  const tokens = new TokenStream(list, report, warn);
  const docs = new DocComments(text, comments);
  const items: FileSyntax['items'][number][] = [];
  let complete = true;
  while (!tokens.atEnd()) {
    const item = tokens.attempt(() => parseItem({ tokens, docs }));
    if (item !== undefined) {
      items.push(item);
      continue;
    }
    complete = false;
    // An unmatched `}` is skipped.
    if (tokens.accept('}')) tokens.accept(';');
  }
  return { items, complete };
}

function parseItem({ tokens, docs }: Parsing): IncludeSyntax | ModuleSyntax {
  if (tokens.peek().kind === 'include') return parseInclude(tokens);
  if (tokens.at('module')) return parseModule({ tokens, docs });
  const { text } = tokens.peek();
  if (text in PARSERS) tokens.fail(`'${text}' must stand in a module`);
  return tokens.fail(`expected a module or an #include, found ${tokens.found()}`);
}

function parseInclude(tokens: TokenStream): IncludeSyntax {
  tokens.next();
  const { kind, string, start, end } = tokens.peek();
  if (kind !== 'string') tokens.fail(`expected "FILE" after #include, found ${tokens.found()}`);
  tokens.next();
  return { kind: 'include', path: string ?? '', start, end };
}

function parseModule({ tokens, docs }: Parsing): ModuleSyntax {
  const start = tokens.next();
  const name = parseName(tokens, 'the name of a module');
  const doc = docs.of(join(start, name));
  const definitions: DefinitionSyntax[] = [];
  let complete = true;
  tokens.expect('{', `module ${name.text}`);
  while (!tokens.accept('}')) {
    if (tokens.atEnd()) {
      tokens.reportMissing('}', `at the end of module ${name.text}`);
      return { kind: 'module', name, doc, definitions, complete: false };
    }
    const definition = tokens.attempt(() => parseDefinition({ tokens, docs }));
    if (definition === undefined) complete = false;
    else definitions.push(definition);
  }
  tokens.expectSemicolon(`module ${name.text}`);
  return { kind: 'module', name, doc, definitions, complete };
}

const PARSERS: Readonly<Record<string, (parsing: Parsing) => DefinitionSyntax>> = {
  enum: parseEnum,
  const: parseConst,
  struct: parseStruct,
  key: parseKey,
  interface: parseInterface,
};

function parseDefinition(parsing: Parsing): DefinitionSyntax {
  const { tokens } = parsing;
  const { kind, text } = tokens.peek();
  const parse = kind === 'keyword' ? PARSERS[text] : undefined;
  if (parse === undefined) {
    if (tokens.at('module')) refuseNested(tokens);
    return tokens.fail(`expected enum, const, struct, key or interface, found ${tokens.found()}`);
  }
  const definition = parse(parsing);
  const name = 'name' in definition ? definition.name.text : definition.struct.text;
  tokens.expectSemicolon(`${text} ${name}`);
  return definition;
}

/** A module in a module, or a missing `}` before it: its body is skipped. */
function refuseNested(tokens: TokenStream): never {
  const at = tokens.next();
  return tokens.fail("modules do not nest, or a '}' is missing above", at);
}
