/** Which texts are addresses of the owner's backends. */

/** Whether a text is an address by `http:` or `https:`, without a user, a password and a fragment. */
export function isBackendUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hash } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '' && hash === '';
}
