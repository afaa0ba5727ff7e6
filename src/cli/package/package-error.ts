/** The error of packing and uploading: something that the person at the keyboard can mend. */

export class PackageError extends Error {
  readonly code = 'PACKAGE';
  override readonly name = 'PackageError';
}
