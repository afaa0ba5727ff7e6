/** The command `statecast webhook verify`: checks the signature of a request that a receiver has kept. */

import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { verifyWebhook, WEBHOOK_HEADERS } from '../webhooks/signature.ts';

export interface WebhookVerifyFlags {
  readonly secret: string;
  /** The header `X-Statecast-Time`. */
  readonly time: string;
  /** The header `X-Statecast-Signature`. */
  readonly signature: string;
  /** A file with the body as it came. Default, and `-`: standard input. */
  readonly body?: string;
  /** Print JSON. Default false. */
  readonly json?: boolean;
}

/** 0 and `ok` for a right signature, however old it is; 1 for a wrong one; 2 if the body cannot be read. */
export async function runWebhookVerify(
  flags: WebhookVerifyFlags,
  stdin: NodeJS.ReadableStream,
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const { secret, time, signature, body: file = '-', json = false } = flags;
  let body: Uint8Array;
  try {
    body = file === '-' ? await buffer(stdin) : await readFile(file);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { exitCode: 2, stdout: '', stderr: `the body cannot be read: ${detail}\n` };
  }
  const headers = { [WEBHOOK_HEADERS.signature]: signature, [WEBHOOK_HEADERS.time]: time };
  const outcome = verifyWebhook({ secret, headers, body, toleranceSeconds: Infinity });
  if (json) return { exitCode: outcome.ok ? 0 : 1, stdout: `${JSON.stringify(outcome)}\n`, stderr: '' };
  if (outcome.ok) return { exitCode: 0, stdout: 'ok\n', stderr: '' };
  return { exitCode: 1, stdout: '', stderr: `${EXPLAINED[outcome.reason]}\n` };
}

const EXPLAINED = {
  'wrong signature':
    'wrong signature: the secret, the time or the body is another one. The body has to be as it came, byte by byte, without a line end after it.',
  'no signature': 'no signature: give the header X-Statecast-Signature, such as sha256=…',
  'no time': 'no time: give the header X-Statecast-Time, in milliseconds since 1970',
  'too old': 'too old',
} as const;
