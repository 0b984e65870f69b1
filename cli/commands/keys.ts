import { describeKeyFile } from '../../core/node/keys/describe-key-file.ts';
import { loadKeyFile } from '../../core/node/keys/key-containers.ts';
import { readKeyFile } from '../../core/node/keys/load-keys.ts';
import { type KeyOptions, keySourcesOf } from '../options.ts';
import { Output } from '../output.ts';

export interface KeysOptions extends KeyOptions {
  readonly json?: boolean;
}

/** `sipher keys`: what each key file is. */
export function runKeys(files: readonly string[], options: KeysOptions): number {
  const sources = keySourcesOf(options);
  if (typeof sources === 'string') {
    process.stderr.write(`${sources}\n`);
    return 2;
  }
  const named = [...files, ...sources.keyFiles, ...sources.keylogs];
  if (named.length === 0) {
    process.stderr.write('Name at least one key file.\n');
    return 1;
  }
  const output = new Output();
  let code = 0;
  for (const file of named) {
    const bytes = readKeyFile(file);
    if (typeof bytes === 'string') {
      process.stderr.write(`${bytes}\n`);
      code = 2;
      continue;
    }
    const described = describeKeyFile(file, loadKeyFile(file, bytes, sources.passwords));
    if (options.json === true) output.line(JSON.stringify(described));
    else
      output.line(
        [
          described.file,
          described.kind,
          described.format,
          described.subject ?? '',
          described.problem ?? 'usable',
        ]
          .filter((part) => part !== '')
          .join('  '),
      );
  }
  output.flush();
  return code;
}
