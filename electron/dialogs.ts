import { dialog, type BrowserWindow, type FileFilter } from 'electron';

const CAPTURES: FileFilter[] = [
  { name: 'Captures', extensions: ['pcap', 'pcapng', 'cap', 'gz', 'ntar', 'dmp', 'snoop', 'zst', 'lz4'] },
  { name: 'All files', extensions: ['*'] },
];

const KEYS: FileFilter[] = [
  {
    name: 'Keys and key logs',
    extensions: ['pem', 'key', 'der', 'pfx', 'p12', 'crt', 'cer', 'log', 'keylog', 'keys', 'txt'],
  },
  { name: 'All files', extensions: ['*'] },
];

/** Paths, or null where the user cancelled. */
export function chooseCaptures(window: BrowserWindow): Promise<readonly string[] | null> {
  return choose(window, 'Open capture', CAPTURES);
}

export function chooseKeys(window: BrowserWindow): Promise<readonly string[] | null> {
  return choose(window, 'Add keys', KEYS);
}

async function choose(
  window: BrowserWindow,
  title: string,
  filters: FileFilter[],
): Promise<readonly string[] | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title,
    filters,
    properties: ['openFile', 'multiSelections'],
  });
  return canceled || filePaths.length === 0 ? null : filePaths;
}
