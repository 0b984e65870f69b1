import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** What is on the screen, by the roles and labels that a reader of the screen hears. */

export function button(page: Page | Locator, name: string | RegExp): Locator {
  return page.getByRole('button', { name });
}

export async function showView(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name }).click();
}

/** The row of a frame, scrolled to where it is not on the screen. */
export async function frameRow(page: Page, frame: number): Promise<Locator> {
  await page.getByRole('gridcell').first().waitFor();
  const row = page.locator(`[role="row"][row-id="${frame}"]`);
  // Rows come window by window: one that does not come by itself is further down.
  await row.waitFor({ timeout: 3000 }).catch(() => goToFrame(page, frame));
  return row;
}

export async function goToFrame(page: Page, frame: number): Promise<void> {
  await page.keyboard.press('Control+g');
  await page.getByRole('textbox', { name: 'Frame number' }).fill(String(frame));
  await page.keyboard.press('Enter');
  await detailOf(page, frame).waitFor();
}

export async function selectFrame(page: Page, frame: number): Promise<Locator> {
  await (await frameRow(page, frame)).getByRole('gridcell').nth(3).click();
  const detail = detailOf(page, frame);
  await detail.waitFor();
  return detail;
}

export function detailOf(page: Page, frame: number): Locator {
  return page.getByRole('region', { name: `Frame ${frame}`, exact: true });
}

/** The reason beside the list. */
export function whyOf(page: Page): Locator {
  return page.getByRole('region', { name: 'Why', exact: true });
}

export function statusBar(page: Page): Locator {
  return page.getByRole('contentinfo', { name: 'Status' });
}

/** How many frames have a verdict, by its word in the status bar; 0 where it is not there. */
export async function verdictCount(page: Page, word: string): Promise<number> {
  const items = await statusBar(page)
    .getByRole('list', { name: 'Frames by verdict' })
    .getByRole('listitem')
    .allInnerTexts();
  const found = items.find((text) => text.endsWith(word));
  return found === undefined ? 0 : Number(found.replace(/\D/g, ''));
}

/** Waits until nothing is being read or decrypted and so many frames are there. */
export async function waitForFrames(page: Page, frames: number, timeout = 20_000): Promise<void> {
  const words = `${frames.toLocaleString('en-US')} frame`;
  await expect
    .poll(async () => (await statusBar(page).innerText()).replace(/[\s\u202f]+/g, ' '), {
      timeout,
      interval: 100,
    })
    .toContain(words);
  await statusBar(page).getByRole('progressbar').waitFor({ state: 'hidden', timeout });
}
