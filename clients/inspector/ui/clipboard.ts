/** Puts texts on the clipboard and files on the disk, and says so. */

/** @param what what was copied, as the start of a sentence */
export async function copyText(
  text: string,
  what: string,
  announce: (text: string) => void,
): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    announce(`${what} is copied.`);
    return true;
  } catch {
    // Outside of a secure context, such as over plain HTTP from another machine, there is no clipboard.
    const copied = copyBySelection(text);
    announce(copied ? `${what} is copied.` : `${what} could not be copied.`);
    return copied;
  }
}

export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

function copyBySelection(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'visually-hidden';
  document.body.append(field);
  field.select();
  // Deprecated, and the only way that is left there.
  const copied = document.execCommand('copy');
  field.remove();
  return copied;
}
