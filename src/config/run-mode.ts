/** Whether this process is meant to be seen by others than its developer. */

/** `NODE_ENV` is `production`, as hosting services set it. */
export function isProduction(): boolean {
  return process.env['NODE_ENV'] === 'production';
}
