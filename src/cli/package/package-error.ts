/** The error of packing and uploading: a problem that the user can correct. */

export class PackageError extends Error {
  readonly code = 'PACKAGE';
  override readonly name = 'PackageError';
}
