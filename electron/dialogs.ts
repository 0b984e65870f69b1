import { dialog, type BrowserWindow, type FileFilter } from 'electron';

const CAPTURES: FileFilter[] = [
  {
    name: 'Captures',
    extensions: ['pcap', 'pcapng', 'cap', 'gz', 'ntar', 'dmp', 'snoop', 'zst', 'lz4', 'zip'],
  },
  { name: 'All files', extensions: ['*'] },
];

const KEYS: FileFilter[] = [
  {
    name: 'Keys and key logs',
    extensions: [
      'pem',
      'key',
      'der',
      'pfx',
      'p12',
      'crt',
      'cer',
      'log',
      'keylog',
      'keys',
      'txt',
      'gz',
      'zip',
    ],
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

/** Where to save an export of that name; null where the user cancelled. The system asks before it replaces a file. */
export async function chooseExportPath(window: BrowserWindow, fileName: string): Promise<string | null> {
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title: 'Export',
    buttonLabel: 'Export',
    defaultPath: fileName,
    properties: ['showOverwriteConfirmation', 'createDirectory'],
  });
  return canceled || filePath === '' ? null : filePath;
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
