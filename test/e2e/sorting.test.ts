import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeHosts } from '../support/app-drivers/describe-hosts.ts';
import { ROOT } from '../support/app-drivers/app-process.ts';
import type { DrivenApp } from '../support/app-drivers/driven-app.ts';
import { createWorkshop, MANY_CALLS, MANY_CALLS_FRAMES, type Workshop } from './files.ts';
import { addKeys, openCapture } from './open-files.ts';
import { button, goToFrame, selectFrame, showView, waitForFrames } from './screen.ts';

const KEY = join(ROOT, 'test/captures/keys/server1.key.pem');
const FRAMES = 300_000;

const list = (page: Page, name: string): Locator => page.getByRole('group', { name });
const header = (page: Page, of: string, name: string): Locator =>
  list(page, of).getByRole('columnheader', { name });
/** What stands in a column, from the top of the screen down. */
async function column(page: Page, of: string, id: string): Promise<readonly string[]> {
  const cells = await list(page, of)
    .locator(`[role="row"][row-index] [col-id="${id}"]`)
    .evaluateAll((found) =>
      found.map((cell) => ({
        at: Number(cell.closest('[row-index]')?.getAttribute('row-index')),
        text: cell.textContent,
      })),
    );
  return cells.toSorted((a, b) => a.at - b.at).map(({ text }) => text);
}

let workshop: Workshop;
beforeAll(() => {
  workshop = createWorkshop();
});
afterAll(() => workshop.clear());

describeHosts('sorting through the', (driver) => {
  let app: DrivenApp;
  beforeEach(async () => {
    app = await driver.start();
  });
  afterEach(() => app.close());

  const open = async (path: string, frames: number): Promise<void> => {
    await openCapture(app, path);
    await waitForFrames(app.page, frames, 120_000);
    await showView(app.page, /Frames/);
  };
  const lengths = async (): Promise<number[]> => (await column(app.page, 'Frame list', 'length')).map(Number);
  const isOrdered = (values: readonly number[], by: 1 | -1): boolean =>
    values.length > 5 &&
    values.every((value, at) => at === 0 || by * (value - (values[at - 1] ?? 0)) >= 0) &&
    values[0] !== values.at(-1);

  it('follows clicks on a header: ascending, descending, as captured', async () => {
    const { page } = app;
    await open(MANY_CALLS, MANY_CALLS_FRAMES);
    const length = header(page, 'Frame list', 'Length');
    expect(await length.getAttribute('aria-sort')).toBe('none');
    await length.click();
    await expect.poll(() => length.getAttribute('aria-sort')).toBe('ascending');
    await length.click();
    await expect.poll(() => length.getAttribute('aria-sort')).toBe('descending');
    await expect.poll(async () => isOrdered(await lengths(), -1)).toBe(true);
    // The longest frame of the capture (tshark -T fields -e frame.len | sort -n).
    expect((await lengths())[0]).toBe(1029);

    // A frame that somebody goes to is shown where it stands now, and its neighbour is that of the list.
    await goToFrame(page, 17);
    const selected = list(page, 'Frame list').locator('.ag-row-selected');
    await expect.poll(() => selected.getAttribute('row-id')).toBe('17');
    expect(Number(await selected.getAttribute('row-index'))).not.toBe(16);
    const at = Number(await selected.getAttribute('row-index'));
    await page.keyboard.press('Control+ArrowDown');
    await expect.poll(() => selected.getAttribute('row-index')).toBe(String(at + 1));
    expect(isOrdered(await lengths(), -1)).toBe(true);

    // A filter keeps the order, and the order the filter.
    await page.getByRole('searchbox', { name: 'Filter frames by text' }).fill('5061 [ACK]');
    await expect.poll(async () => new Set(await column(page, 'Frame list', 'info')).size).toBeGreaterThan(3);
    await expect
      .poll(async () => (await column(page, 'Frame list', 'info')).every((text) => text.includes('[ACK]')))
      .toBe(true);
    expect(await length.getAttribute('aria-sort')).toBe('descending');
    await button(page, 'Clear the filter').click();

    await length.click();
    await expect.poll(() => length.getAttribute('aria-sort')).toBe('none');
    await selectFrame(page, 3);
    await page.keyboard.press('Home');
    await expect
      .poll(async () => (await column(page, 'Frame list', 'frame')).slice(0, 4).join())
      .toBe('1,2,3,4');
  });

  it('can be done by keyboard alone: in the headers, and in the menu of a row', async () => {
    const { page } = app;
    await open(MANY_CALLS, MANY_CALLS_FRAMES);
    await selectFrame(page, 3);
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => page.locator(':focus').getAttribute('role')).toBe('columnheader');
    const length = header(page, 'Frame list', 'Length');
    await expect
      .poll(async () => {
        if ((await page.locator(':focus').getAttribute('col-id')) === 'length') return true;
        await page.keyboard.press('ArrowRight');
        return false;
      })
      .toBe(true);
    await page.keyboard.press('Enter');
    await expect.poll(() => length.getAttribute('aria-sort')).toBe('ascending');
    // The header keeps the focus: once more is the other direction.
    await page.keyboard.press('Enter');
    await expect.poll(() => length.getAttribute('aria-sort')).toBe('descending');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => page.locator(':focus').getAttribute('role')).toBe('gridcell');

    await page.locator(':focus').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Not sorted: as captured' }).click();
    await expect.poll(() => length.getAttribute('aria-sort')).toBe('none');
  });

  it('sorts calls and messages too, and keeps the order of a list that is left and seen again', async () => {
    const { page } = app;
    await open(MANY_CALLS, MANY_CALLS_FRAMES);
    await addKeys(app, KEY);
    await showView(page, /Calls/);
    const setup = header(page, 'Call list', 'Set-up');
    await setup.click();
    await setup.click();
    await expect.poll(() => setup.getAttribute('aria-sort')).toBe('descending');
    const milliseconds = async (): Promise<number[]> =>
      (await column(page, 'Call list', 'setup')).map((text) => Number.parseFloat(text));
    await expect.poll(async () => isOrdered(await milliseconds(), -1)).toBe(true);
    await showView(page, /SIP/);
    const cseq = header(page, 'SIP message list', 'CSeq');
    await cseq.click();
    await expect
      .poll(async () => (await column(page, 'SIP message list', 'cseq')).slice(0, 3).join())
      .toBe('1 ACK,1 ACK,1 ACK');
    await showView(page, /Calls/);
    await expect.poll(() => setup.getAttribute('aria-sort')).toBe('descending');
    await expect.poll(async () => isOrdered(await milliseconds(), -1)).toBe(true);
  });

  it('waits for the end of a capture that is being read, says so, and then sorts 300,000 frames', async () => {
    const { page } = app;
    const path = workshop.largeCapture(FRAMES);
    await openCapture(app, path);
    await page.getByRole('gridcell').first().waitFor();
    // The page is busy with what it is told ten times a second.
    await header(page, 'Frame list', 'Length').click({ timeout: 60_000 });
    await header(page, 'Frame list', 'Length').click({ timeout: 60_000 });
    await waitForFrames(page, FRAMES, 120_000);
    await expect.poll(async () => isOrdered(await lengths(), -1), { timeout: 10_000 }).toBe(true);
    await expect.poll(() => page.locator('.list-waiting').innerText()).toBe('');
    await goToFrame(page, 150_000);
    await expect
      .poll(() => list(page, 'Frame list').locator('.ag-row-selected').getAttribute('row-id'))
      .toBe('150000');
  });
});
