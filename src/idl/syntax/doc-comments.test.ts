import { expect, test } from 'vitest';
import { DocComments } from './doc-comments.ts';
import { lex } from './lexer.ts';

/** The doc of the word `X` before a `;`. */
function docOf(text: string) {
  const start = text.indexOf('X');
  return new DocComments(text, lex(text, () => {}).comments).of({ start, end: start + 1 });
}

test.each([
  ['a block right above', '/** One. */\nX;', ['One.']],
  ['a block with stars', '/**\n * One.\n *\n * Two.\n **/\n  X;', ['One.', '', 'Two.']],
  ['a plain block', '/*\n*One\n*/\nX;', ['One']],
  ['lines right above', '// One\n/// Two\nX;', ['One', 'Two']],
  ['what stands behind on the line', 'X; // One', ['One']],
  ['what stands above before what stands behind', '// One\nX; // Two', ['One']],
  ['nothing with an empty line between', '/** License. */\n\nX;', []],
  ['nothing that belongs to the line above', 'Y; // its own\nX;', []],
  ['no lines of strokes', '//////////\n// One\n//--------\nX;', ['One']],
  ['what would end a comment, broken up', '// a */ b\nX;', ['a *\\/ b']],
  ['nothing of an unknown encoding', '// \ufffd\ufffd\nX;', []],
])('takes %s', (_name, text, doc) => {
  expect(docOf(text)).toEqual(doc);
});
