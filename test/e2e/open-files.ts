import type { DrivenApp } from '../support/app-drivers/driven-app.ts';
import { button, showView } from './screen.ts';

/** Opens a capture from the page that nothing is open in, through the dialog. */
export async function openCapture(app: DrivenApp, path: string): Promise<void> {
  await app.chooseFiles(() => button(app.page, 'Open capture…').click(), [path]);
}

/** Adds keys in their view, through the dialog; the view stays on. */
export async function addKeys(app: DrivenApp, ...paths: readonly string[]): Promise<void> {
  await showView(app.page, /Keys/);
  await app.chooseFiles(() => button(app.page, 'Add key files…').click(), paths);
}
