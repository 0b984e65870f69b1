/** Stands for command-open.ts and command-serve.ts in the one-file command line, which has no page to show. */
export function runServe(): Promise<number> {
  return tell();
}

export function runOpen(): Promise<number> {
  return tell();
}

function tell(): Promise<number> {
  process.stderr.write(
    'This is the command line as one file: it has no page to show. Install Sipher to open captures in a window.\n',
  );
  return Promise.resolve(1);
}
