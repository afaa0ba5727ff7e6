/** A text that the browser keeps. Where the browser forbids that, the text lasts as long as the page. */

/** The part of the browser's storage that is used. */
export type TextStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export interface StoredText {
  read(): string | undefined;
  /** `undefined` removes it. */
  write(text: string | undefined): void;
}

/** @param open gives the storage; in a browser that forbids it this throws */
export function createStoredText(key: string, open: () => TextStorage): StoredText {
  return {
    read() {
      try {
        return open().getItem(key) ?? undefined;
      } catch {
        return undefined;
      }
    },
    write(text) {
      try {
        if (text === undefined) open().removeItem(key);
        else open().setItem(key, text);
      } catch {
        // The page works without it.
      }
    },
  };
}
