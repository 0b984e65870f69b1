import type { ExportRequests, ExportWish } from '../../core/api-export.ts';

type ExportTable = {
  readonly [N in keyof ExportRequests]: (params: ExportRequests[N]['params']) => ExportRequests[N]['result'];
};

/** Exports with made-up sentences: what a page shows before it saves. */
export function createExports(host: 'electron' | 'browser'): ExportTable {
  return {
    'export.preview': previewOf,
    'export.save': (wish) => ({
      url: host === 'browser' ? '/download/made-up' : null,
      sentences: previewOf(wish).sentences,
    }),
  };
}

function previewOf({ format, scope, redact }: ExportWish): ExportRequests['export.preview']['result'] {
  const holdsSecrets = format === 'keylog' || format === 'pcapng-with-secrets';
  const problem =
    holdsSecrets && redact
      ? `Redaction cannot change what ${format} holds.`
      : format === 'ladder-svg' && scope.kind === 'all'
        ? 'One image is one ladder: choose one call or one conversation.'
        : '';
  if (problem !== '') return { fileName: '', sentences: [], confidential: false, problem };
  return {
    fileName: `${redact ? 'redacted' : 'site-berlin'}.${format}`,
    sentences: [
      holdsSecrets
        ? 'This file holds the session secrets of 14 connections; no private key.'
        : 'This file holds 212 SIP messages, 190 of them decrypted; no session secret, no private key.',
      ...(redact ? ['Names, numbers, addresses, credentials and keys in it are replaced.'] : []),
    ],
    confidential: !redact,
    problem: '',
  };
}
