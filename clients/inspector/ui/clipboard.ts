/** Copies texts to the clipboard and saves files. */

/** @param what the name of the text, as the start of a sentence */
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
    // Without HTTPS, except on localhost, browsers have no clipboard API.
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
  // Deprecated, but the only way without the clipboard API.
  const copied = document.execCommand('copy');
  field.remove();
  return copied;
}
