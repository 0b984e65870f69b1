import type { Page } from 'playwright-core';

/** A running Sipher with its window open, whichever host it is. What the end-to-end tests may touch. */
export interface DrivenApp {
  readonly host: 'electron-stand-in' | 'electron' | 'browser';
  readonly page: Page;
  /** Does what opens a dialog (a click), then answers it: paths, or null where the user cancels. */
  chooseFiles(open: () => Promise<void>, paths: readonly string[] | null): Promise<void>;
  /**
   * Does what saves a file (a click), and has it saved as `path`: by answering the system's dialog, or by the browser's
   * download. null: the user cancels the dialog (nothing is answered where there is none).
   */
  saveFile(save: () => Promise<void>, path: string | null): Promise<void>;
  /** Clicks an item of the native menu, by its command; false where the host has no menu. */
  clickMenu(command: string): Promise<boolean>;
  /** All that the host has written so far, on both of its outputs. */
  output(): string;
  /** Ends it as a user does, and waits until its process is gone. */
  close(): Promise<void>;
}

export interface StartOptions {
  /** What the command line or the file manager names. */
  readonly captures?: readonly string[];
  readonly keyFiles?: readonly string[];
  readonly passwords?: readonly string[];
}

/** How to start one host; `missing` says why it cannot be had here. */
export interface AppDriver {
  readonly name: string;
  readonly missing: string | null;
  start(options?: StartOptions): Promise<DrivenApp>;
}

/** The page asks its host who it is, and says so: from then on it knows which dialogs there are. */
export async function hostIsKnown(page: Page): Promise<void> {
  await page
    .getByRole('contentinfo', { name: 'Status' })
    .getByText(/^Sipher \d/)
    .waitFor();
}
