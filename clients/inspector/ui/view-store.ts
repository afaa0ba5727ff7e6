/** The base of the page's stores: a view, and subscribers that are called when it changes. */

export interface Store<View> {
  readonly subscribe: (listener: () => void) => () => void;
  /** The same object until something changes. */
  readonly getView: () => View;
}

export class ViewStore<View> implements Store<View> {
  readonly #listeners = new Set<() => void>();
  #view: View;

  constructor(view: View) {
    this.#view = view;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getView = (): View => this.#view;

  protected show(view: View): void {
    if (view === this.#view) return;
    this.#view = view;
    for (const listener of this.#listeners) listener();
  }
}
