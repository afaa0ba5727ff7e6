/** Uploads an archive to a TARS platform, which publishes it. */

import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { PackageError } from './package-error.ts';
import { readUploadAnswer } from './upload-answer.ts';

const UPLOAD_PATH = '/api/upload_and_publish';
/** How long the connection may be idle. Publishing waits for the servers to restart. */
const SILENCE_MS = 120_000;
const MAX_ANSWER_BYTES = 64 * 1024;
const CRLF = '\r\n';

export interface UploadOptions {
  readonly file: string;
  /** The address of the platform's web console: `http://tars.example.com:3000`. */
  readonly url: string;
  /** The platform's token for scripts; it is a secret. */
  readonly ticket: string;
  readonly application: string;
  /** The server's name. */
  readonly moduleName: string;
  readonly comment: string;
  /** Called after each part that was handed to the network. */
  readonly progress?: (sentBytes: number, totalBytes: number) => void;
}

/**
 * Uploads and publishes; resolves to the platform's answer.
 * @throws {PackageError} when the platform cannot be reached, or refuses.
 */
export async function uploadArchive(options: UploadOptions): Promise<string> {
  const url = toUploadUrl(options.url, options.ticket);
  const boundary = `statecast-${randomBytes(12).toString('hex')}`;
  const head = Buffer.from(writeHead(options, boundary));
  const tail = Buffer.from(`${CRLF}--${boundary}--${CRLF}`);
  const { size } = await stat(options.file);
  const total = head.length + size + tail.length;

  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const request = send(url, {
    method: 'POST',
    timeout: SILENCE_MS,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, 'content-length': total },
  });
  request.on('timeout', () =>
    request.destroy(new Error(`no data was received for ${SILENCE_MS / 1000} seconds`)),
  );
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject);
  });

  async function* body() {
    let sent = 0;
    const parts = [[head], createReadStream(options.file) as AsyncIterable<Buffer>, [tail]];
    for (const part of parts) {
      for await (const chunk of part) {
        yield chunk;
        sent += chunk.length;
        options.progress?.(sent, total);
      }
    }
  }

  try {
    // A platform that refuses answers early and closes the connection: its answer matters, not the broken pipe.
    const writing = pipeline(body, request);
    writing.catch(() => undefined);
    const response = await answered;
    return readUploadAnswer(response.statusCode ?? 0, await readAll(response));
  } catch (cause) {
    if (cause instanceof PackageError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PackageError(`the upload to ${url.origin} failed: ${reason}`, { cause });
  }
}

/** @throws {PackageError} when the text is no HTTP address. */
function toUploadUrl(text: string, ticket: string): URL {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    throw new PackageError(
      `--upload should be the address of the platform's web, such as http://tars.example.com:3000`,
    );
  }
  const url = new URL(text);
  if (!url.pathname.endsWith(UPLOAD_PATH)) url.pathname = url.pathname.replace(/\/$/, '') + UPLOAD_PATH;
  url.searchParams.set('ticket', ticket);
  return url;
}

function writeHead({ application, moduleName, comment }: UploadOptions, boundary: string): string {
  const fields = { application, module_name: moduleName, comment };
  const texts = Object.entries(fields).map(
    ([name, value]) =>
      `--${boundary}${CRLF}content-disposition: form-data; name="${name}"${CRLF}${CRLF}${value}${CRLF}`,
  );
  return `${texts.join('')}--${boundary}${CRLF}content-disposition: form-data; name="suse"; filename="${moduleName}.tgz"${CRLF}content-type: application/gzip${CRLF}${CRLF}`;
}

async function readAll(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    text += chunk as string;
    if (text.length > MAX_ANSWER_BYTES) break;
  }
  return text.slice(0, MAX_ANSWER_BYTES);
}
