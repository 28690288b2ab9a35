/** What stands beside the list: the overview, or something that was opened. */

import { signal } from '@preact/signals';

export type Panel =
  | { readonly is: 'overview' }
  | { readonly is: 'alerts' }
  | { readonly is: 'unlisted' }
  | { readonly is: 'shelter'; readonly id: string }
  | { readonly is: 'person'; readonly ref: string };

export const panel = signal<Panel>({ is: 'overview' });

let cameFrom: HTMLElement | null = null;

/** What is focused now gets the focus back when the panel closes. */
export function openPanel(opened: Panel): void {
  if (panel.value.is === 'overview') cameFrom = document.activeElement as HTMLElement | null;
  panel.value = opened;
}

export function closePanel(): void {
  panel.value = { is: 'overview' };
  cameFrom?.focus();
  cameFrom = null;
}
