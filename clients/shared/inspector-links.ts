/** The pages' links to the inspector, which stand there where the server has one. */

import type { Health } from './health.ts';

export function offerInspector({ inspector }: Health): void {
  for (const link of document.querySelectorAll<HTMLElement>('.needs-inspector')) link.hidden = !inspector;
}
