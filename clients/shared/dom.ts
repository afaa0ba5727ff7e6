/** Creates elements. Texts become text nodes, so user input is never parsed as markup. */

/** An attribute that is `false` or `undefined` is left out; `true` is the bare attribute. */
export type Attributes = Readonly<Record<string, string | boolean | undefined>>;

/** Makes an HTML element with attributes and children. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(made, name, value);
  made.append(...children);
  return made;
}

/** Sets an attribute, or removes it when the value is `false` or `undefined`. */
export function setAttribute(target: Element, name: string, value: string | boolean | undefined): void {
  if (value === undefined || value === false) target.removeAttribute(name);
  else target.setAttribute(name, value === true ? '' : value);
}

/** Finds an element of the page's own markup. */
export function required<Tag extends keyof HTMLElementTagNameMap>(
  selector: string,
  tag: Tag,
): HTMLElementTagNameMap[Tag] {
  const found = document.querySelector(selector);
  if (found?.localName !== tag) throw new Error(`the page has no <${tag}> at ${selector}`);
  return found as HTMLElementTagNameMap[Tag];
}
