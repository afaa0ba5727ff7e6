/** Parses the definitions of a module: enums, constants, structs and keys. */

import type { DocComments } from './doc-comments.ts';
import { parseLength, parseLiteral, parseName, parsePath, parseType } from './parse-parts.ts';
import { join } from './source-file.ts';
import type {
  ConstSyntax,
  EnumMemberSyntax,
  EnumSyntax,
  FieldSyntax,
  KeySyntax,
  StructSyntax,
} from './syntax.ts';
import type { TokenStream } from './token-stream.ts';

/** The input of every parser of a definition. */
export interface Parsing {
  readonly tokens: TokenStream;
  readonly docs: DocComments;
}

/**
 * Runs `step` for each entry of a body up to its `}`, and returns whether none was skipped as wrong. If a new definition
 * begins, the `}` is missing.
 */
export function parseBody(tokens: TokenStream, owner: string, step: () => void): boolean {
  let complete = true;
  tokens.expect('{', owner);
  while (!tokens.accept('}')) {
    if (tokens.atEnd() || tokens.atDefinition()) {
      tokens.reportMissing('}', `at the end of ${owner}`);
      return false;
    }
    const understood = tokens.attempt(() => {
      step();
      return true;
    });
    complete &&= understood ?? false;
  }
  return complete;
}

export function parseEnum({ tokens, docs }: Parsing): EnumSyntax {
  const start = tokens.next();
  const name = parseName(tokens, 'the name of an enum');
  const members: EnumMemberSyntax[] = [];
  const complete = parseBody(tokens, `enum ${name.text}`, () => {
    const member = parseName(tokens, 'the name of an enum member');
    const value = tokens.accept('=') ? parseLiteral(tokens) : undefined;
    const doc = docs.of(join(member, tokens.last));
    members.push({ name: member, doc, ...(value === undefined ? {} : { value }) });
    if (!tokens.accept(',') && !tokens.at('}')) {
      tokens.fail(`expected ',' or '}' after ${member.text}, found ${tokens.found()}`);
    }
  });
  return { kind: 'enum', name, doc: docs.of(join(start, tokens.last)), members, complete };
}

export function parseConst({ tokens, docs }: Parsing): ConstSyntax {
  const start = tokens.next();
  const type = parseType(tokens);
  const name = parseName(tokens, 'the name of a constant');
  tokens.expect('=', name.text);
  const value = parseLiteral(tokens);
  return { kind: 'const', name, doc: docs.of(join(start, tokens.last)), type, value };
}

export function parseStruct({ tokens, docs }: Parsing): StructSyntax {
  const start = tokens.next();
  const name = parseName(tokens, 'the name of a struct');
  const fields: FieldSyntax[] = [];
  const complete = parseBody(tokens, `struct ${name.text}`, () => {
    fields.push(parseField({ tokens, docs }));
  });
  return { kind: 'struct', name, doc: docs.of(join(start, tokens.last)), fields, complete };
}

function parseField({ tokens, docs }: Parsing): FieldSyntax {
  const first = tokens.peek();
  const { start, end, integer } = first;
  if (integer === undefined) {
    return tokens.fail(
      `expected a member (a tag, require or optional, a type and a name), found ${tokens.found()}`,
    );
  }
  const tag = { start, end, value: integer };
  tokens.next();
  const required = tokens.at('require');
  if (!tokens.accept('require') && !tokens.accept('optional')) {
    tokens.fail(`expected 'require' or 'optional' after tag ${tag.value}, found ${tokens.found()}`);
  }
  const written = parseType(tokens);
  const name = parseName(tokens, 'the name of a member');
  const type = parseLength(tokens, written);
  const initial = tokens.accept('=') ? parseLiteral(tokens) : undefined;
  const span = join(first, tokens.last);
  tokens.expectSemicolon(`member ${name.text}`);
  return { tag, required, type, name, doc: docs.of(span), ...(initial === undefined ? {} : { initial }) };
}

export function parseKey({ tokens }: Parsing): KeySyntax {
  tokens.next();
  tokens.expect('[', "'key'");
  const struct = parsePath(tokens, 'the name of a struct');
  tokens.expect(',', 'the name of the struct');
  const members = [parseName(tokens, 'the name of a member')];
  while (tokens.accept(',')) members.push(parseName(tokens, 'the name of a member'));
  tokens.expect(']', 'the members of the key');
  return { kind: 'key', struct, members };
}
