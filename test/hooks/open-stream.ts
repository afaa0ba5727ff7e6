/** Connects without a WebSocket, and returns the first message. The stream ends with its test. */

import { request, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';

const CONNECT = '{"id":1,"connect":{}}';

export async function openStreamClient(url: string, transport: 'http_stream' | 'sse'): Promise<string> {
  const isLines = transport === 'http_stream';
  const path = isLines
    ? 'connection/http_stream'
    : `connection/sse?cf_connect=${encodeURIComponent(CONNECT)}`;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request(new URL(path, url), { method: isLines ? 'POST' : 'GET' }, resolve);
    asked.on('error', reject);
    asked.end(isLines ? CONNECT : undefined);
  });
  onTestFinished(() => void response.destroy());
  let text = '';
  for await (const chunk of response.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.includes('"id":1')) break;
  }
  return text;
}
