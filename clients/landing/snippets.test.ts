import { describe, expect, test } from 'vitest';
import { writeSnippets } from './snippets.ts';

describe('snippets', () => {
  test('use the address that the page came from', () => {
    const all = writeSnippets('https://rooms.example:8443')
      .map(({ code }) => code)
      .join('\n');
    expect(all).toContain('wscat -c wss://rooms.example:8443/');
    expect(all).toContain("'https://rooms.example:8443/Index/pushAll?message=hello'");
    expect(all).toContain("new WebSocket('wss://rooms.example:8443/')");
    expect(all).toContain("new Centrifuge('wss://rooms.example:8443/connection/websocket')");
  });

  test('use an unencrypted WebSocket where the page is unencrypted', () => {
    expect(writeSnippets('http://localhost:1')[0]?.code).toBe('npx wscat -c ws://localhost:1/');
  });
});
