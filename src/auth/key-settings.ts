/** What settings say of keys. The public types need it, and know no keys of Node.js. */

export interface KeySettings {
  readonly hmacSecret?: string | undefined;
  /** Tokens with this one are taken too. */
  readonly hmacPreviousSecret?: string | undefined;
  /** PEM. */
  readonly publicKey?: string | undefined;
  /** Where keys are fetched from. */
  readonly jwksUrl?: string | undefined;
}
