/** Keeps the admin token for as long as the tab is open. It goes into no URL and no lasting storage. */

const KEY = 'statecast.inspector.token';

/** The part of the browser's storage that is used; a browser may forbid it. */
export type TokenStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export function recallToken(storage: () => TokenStorage = () => sessionStorage): string | undefined {
  try {
    return storage().getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Where the browser forbids it, the token lives as long as the page. */
export function keepToken(token: string, storage: () => TokenStorage = () => sessionStorage): void {
  try {
    storage().setItem(KEY, token);
  } catch {
    // Nothing is lost but the comfort of not typing it again.
  }
}

export function forgetToken(storage: () => TokenStorage = () => sessionStorage): void {
  try {
    storage().removeItem(KEY);
  } catch {
    // Then it was not kept either.
  }
}
