/** Who is writing right now, as a line of text. Who tells no more of it is forgotten after a while. */

import { platformClock, type Clock } from '../../shared/clock.ts';

/** Writers tell it every few seconds; after this time without a word they have stopped. */
export const TYPING_TIMEOUT_MS = 5_000;
/** With more writers, only their number is told. */
const NAMED_TYPISTS = 2;

export interface Typists {
  /** Somebody is writing. `key` is equal for one sender. */
  note(key: string, name: string): void;
  /** A message came from this sender, or the sender left. */
  forget(key: string): void;
  clear(): void;
}

/** @param show is called with the line whenever it changes; empty for nobody */
export function createTypists(show: (line: string) => void, clock: Clock = platformClock): Typists {
  const typing = new Map<string, { readonly name: string; readonly timer: unknown }>();
  let shown = '';

  return {
    note(key, name) {
      clock.clearTimeout(typing.get(key)?.timer);
      typing.set(key, { name, timer: clock.setTimeout(() => forget(key), TYPING_TIMEOUT_MS) });
      tell();
    },
    forget,
    clear() {
      for (const { timer } of typing.values()) clock.clearTimeout(timer);
      typing.clear();
      tell();
    },
  };

  function forget(key: string): void {
    clock.clearTimeout(typing.get(key)?.timer);
    typing.delete(key);
    tell();
  }

  function tell(): void {
    const line = describeTypists([...typing.values()].map(({ name }) => name));
    if (line === shown) return;
    shown = line;
    show(line);
  }
}

function describeTypists(names: readonly string[]): string {
  if (names.length === 0) return '';
  if (names.length > NAMED_TYPISTS) return `${names.length} people are writing…`;
  return `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} writing…`;
}
