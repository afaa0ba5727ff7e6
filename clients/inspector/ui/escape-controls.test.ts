import { expect, test } from 'vitest';
import { escapeControls } from './escape-controls.ts';

test('what turns the direction of a text or cannot be seen is written out', () => {
  expect(escapeControls('\u202Egnp.exe\u2069 \u0000\u001B[1m')).toBe(
    '\\u202egnp.exe\\u2069 \\u0000\\u001b[1m',
  );
});

test('texts of all languages, line breaks and pictures stay as they are', () => {
  const text = 'שלום\nعبد الله\t👩‍🚀 жук';
  expect(escapeControls(text)).toBe(text);
});
