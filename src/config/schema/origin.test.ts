import { describe, expect, test } from 'vitest';
import { isOriginRule } from './origin.ts';

describe('a text in allowedOrigins', () => {
  test.each([
    'https://chat.example.com',
    'http://localhost:5173',
    'http://[::1]:8000',
    'chrome-extension://abcdefghijklmnop',
    'null',
    '*',
  ])('%s is accepted', (text) => {
    expect(isOriginRule(text)).toBe(true);
  });

  test.each([
    ['https://chat.example.com/', 'has a path'],
    ['https://chat.example.com/chat', 'has a path'],
    ['https://chat.example.com:443', 'has the default port, which browsers leave out'],
    ['https://Chat.example.com', 'has upper case, which browsers lower'],
    ['https://user@chat.example.com', 'has a user'],
    ['https://chat.example.com?', 'has a query'],
    ['wss://chat.example.com', 'is where a socket goes, not where a page comes from'],
    ['https://*.example.com', 'has a star in it'],
    ['chat.example.com', 'has no scheme'],
    ['file://', 'has no host'],
    ['', 'is empty'],
  ])('%s is refused: it %s', (text) => {
    expect(isOriginRule(text)).toBe(false);
  });
});
