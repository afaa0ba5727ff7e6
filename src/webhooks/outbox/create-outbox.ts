/** How a server makes the outbox of each of its webhooks. */

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../system/clock.ts';
import { createFileOutbox } from './file-outbox.ts';
import { createMemoryOutbox } from './memory-outbox.ts';
import type { Outbox, OutboxOptions } from './outbox.ts';

/** Makes the outbox of a webhook, by the name of the webhook. */
export type CreateOutbox = (name: string, options: OutboxOptions & { readonly clock: Clock }) => Outbox;

export const createMemoryOutboxes: CreateOutbox = (_, options) => createMemoryOutbox(options);

/** Outboxes on disk, each in a folder of its own in this directory. Only one server at a time may use it. */
export function createFileOutboxes({ dir }: { readonly dir: string }): CreateOutbox {
  return (name, options) => createFileOutbox({ ...options, dir: join(dir, folderName(name)) });
}

/** A readable part of the name, and enough of its hash to tell names apart: a name may be a whole address. */
function folderName(name: string): string {
  const readable = name
    .replace(/^https?:\/\//, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-|-$/g, '');
  return `${readable === '' ? 'webhook' : readable}-${createHash('sha256').update(name).digest('hex').slice(0, 12)}`;
}
