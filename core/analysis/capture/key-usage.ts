import type { Analysis } from '../analysis.ts';

/** What the loaded keys are good for in a capture. */
export interface KeyUsage {
  /** Conversations that a private key opens, by the fingerprint of its public key. */
  readonly byKey: ReadonlyMap<string, number>;
  /** Conversations that another key file opens, by the file's name. */
  readonly byName: ReadonlyMap<string, number>;
  /** Conversations whose server shows the certificate of a key, by the fingerprint of the public key. */
  readonly matches: ReadonlyMap<string, number>;
  /** Lines of a key log that opened something, by the file's name. */
  readonly lines: ReadonlyMap<string, ReadonlySet<number>>;
}

export function countKeyUsage(analysis: Analysis): KeyUsage {
  const byKey = new Map<string, number>();
  const byName = new Map<string, number>();
  const matches = new Map<string, number>();
  const lines = new Map<string, Set<number>>();
  for (const session of analysis.opening.sessions.values()) {
    const handshake = session.describingHandshake;
    const certificate = handshake?.serverCertificates[0];
    const fingerprint = certificate === undefined ? null : analysis.opening.fingerprintOf(certificate);
    if (fingerprint !== null) count(matches, fingerprint);
  }
  const opened = new Set<string>();
  for (const stretch of analysis.opening.stretches) {
    const source = stretch.epoch?.source ?? null;
    if (source === null || stretch.opened === 0) continue;
    const origin = originOf(source);
    if (origin.kind === 'keylog') {
      const known = lines.get(origin.name) ?? new Set<number>();
      known.add(origin.line);
      lines.set(origin.name, known);
    }
    const id = `${stretch.conversation}/${origin.kind}/${origin.name}`;
    if (opened.has(id)) continue;
    opened.add(id);
    if (origin.kind === 'rsa-key') count(byKey, origin.sha256OfPublicKey);
    else count(byName, origin.name);
  }
  return { byKey, byName, matches, lines };
}

type Source = NonNullable<NonNullable<Analysis['opening']['stretches'][number]['epoch']>['source']>;

/** The key that a resumed session's secret came from in the end. */
function originOf(source: Source): Exclude<Source, { kind: 'resumed' }> {
  return source.kind === 'resumed' ? originOf(source.source) : source;
}

function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}
