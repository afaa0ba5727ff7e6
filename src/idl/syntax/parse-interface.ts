/** Parses an interface and its functions. */

import { parseBody, type Parsing } from './parse-definitions.ts';
import { parseName, parseLength, parseType } from './parse-parts.ts';
import { join } from './source-file.ts';
import type { FunctionSyntax, InterfaceSyntax, Name, ParameterSyntax } from './syntax.ts';
import type { TokenStream } from './token-stream.ts';

export function parseInterface({ tokens, docs }: Parsing): InterfaceSyntax {
  const start = tokens.next();
  const name = parseName(tokens, 'the name of an interface');
  const functions: FunctionSyntax[] = [];
  parseBody(tokens, `interface ${name.text}`, () => {
    functions.push(parseFunction({ tokens, docs }));
  });
  return { kind: 'interface', name, doc: docs.of(join(start, tokens.last)), functions };
}

function parseFunction({ tokens, docs }: Parsing): FunctionSyntax {
  const first = tokens.peek();
  const returns = tokens.accept('void') ? undefined : parseType(tokens);
  const name = parseFunctionName(tokens);
  tokens.expect('(', `function ${name.text}`);
  const parameters = parseParameters(tokens);
  const span = join(first, tokens.last);
  tokens.expectSemicolon(`function ${name.text}`);
  return { name, doc: docs.of(span), parameters, ...(returns === undefined ? {} : { returns }) };
}

/** A keyword before a `(` is a valid name. */
function parseFunctionName(tokens: TokenStream): Name {
  const { kind } = tokens.peek();
  if (kind === 'keyword' && tokens.peek(1).text === '(') return tokens.next();
  return parseName(tokens, 'the name of a function');
}

function parseParameters(tokens: TokenStream): ParameterSyntax[] {
  const parameters: ParameterSyntax[] = [];
  if (tokens.accept(')')) return parameters;
  do parameters.push(parseParameter(tokens));
  while (tokens.accept(','));
  tokens.expect(')', 'the parameters');
  return parameters;
}

function parseParameter(tokens: TokenStream): ParameterSyntax {
  const out = tokens.accept('out');
  const routeKey = !out && tokens.accept('routekey');
  const written = parseType(tokens);
  const name = parseName(tokens, 'the name of a parameter');
  const type = parseLength(tokens, written);
  return { out, routeKey, type, name };
}
