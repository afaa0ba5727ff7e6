/** Whether the page may do something to actors now. */

import { useStore } from '../ui/hooks.ts';
import type { Inspector } from './inspector.ts';

export function useControl({ client, link }: Inspector): boolean {
  return useStore(link).name === 'ready' && client.welcome?.control === true;
}
