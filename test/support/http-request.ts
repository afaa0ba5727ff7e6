/** One HTTP request with any headers, also those that `fetch` does not allow. No redirects and no keep-alive. */

import { request, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';

export interface HttpOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export function requestHttp(url: URL | string, options: HttpOptions = {}): Promise<HttpAnswer> {
  const { method = 'GET', headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      const { statusCode = 0, headers } = response;
      text(response).then((body) => resolve({ status: statusCode, headers, body }), reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The options of a POST with a form body. */
export function form(fields: Readonly<Record<string, string>>): HttpOptions {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  };
}

/** The message of an error response. */
export function readError({ body }: HttpAnswer): { code: number; message: string } {
  return (JSON.parse(body) as { error: { code: number; message: string } }).error;
}
