/** Shows the pages' links to the inspector where the server has one. */

import type { Health } from './health.ts';

export function offerInspector({ inspector }: Health): void {
  for (const link of document.querySelectorAll<HTMLElement>('.needs-inspector')) link.hidden = !inspector;
}
