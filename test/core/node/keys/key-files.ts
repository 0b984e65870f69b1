/** The copies of key files, and what must come of each. */
import { createHash, createPublicKey } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const KEY_FILES = join(import.meta.dirname, '../../../captures/keys');
export const PASSWORD = 'lab-secret';

export function bytesOf(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(KEY_FILES, name)));
}

/** What OpenSSL, in the shape of this Node, says the SHA-256 of a PEM key's public key is. */
export function hostsHashOf(name: string): string {
  const spki = createPublicKey(readFileSync(join(KEY_FILES, name))).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('hex');
}

export interface ManifestRow {
  readonly file: string;
  readonly password: string | null;
  readonly expected: string;
}

function isRow(row: unknown): row is ManifestRow {
  return typeof row === 'object' && row !== null && 'file' in row && 'password' in row && 'expected' in row;
}

const listed: unknown = JSON.parse(readFileSync(join(KEY_FILES, 'formats/manifest.json'), 'utf8'));
/** The lab's list of its key files. */
export const MANIFEST: readonly ManifestRow[] = Array.isArray(listed) ? listed.filter(isRow) : [];

/** Of the files made by made/make.sh those that are no RSA key which can be opened: kind and a word of the sentence. */
const OTHERWISE: Readonly<Record<string, readonly [kind: string, word: RegExp]>> = {
  'certificates.p7b': ['certificate', /only the certificate of CN=made\.example/],
  'dh-parameters.pem': ['unknown', /only X9\.42 DH PARAMETERS/],
  'dsa.pem': ['other-private-key', /DSA 1024 .*only signs/],
  'ec.pem': ['ec-private-key', /EC P-256 .*only signs/],
  'ed448.pem': ['other-private-key', /Ed448 .*only signs/],
  'java-no-key.store': ['certificate', /only the certificate of CN=made\.example/],
  'openssh-3des-cbc.key': ['unknown', /3des-cbc.*ssh-keygen -p -m PEM/],
  'openssh-chacha20-poly1305.key': ['unknown', /chacha20.*ssh-keygen -p -m PEM/],
  'openssh-ec-encrypted.key': ['ec-private-key', /EC P-256 .*only signs/],
  'openssh-ed25519.key': ['ed25519-private-key', /Ed25519 .*only signs/],
  'openssh-ed25519.pub': ['unknown', /public key of SSH/],
  'pem-bf-cbc.pem': ['unknown', /BF-CBC.*openssl pkey/],
  'pem-cast5-cbc.pem': ['unknown', /CAST5-CBC.*openssl pkey/],
  'pem-ec-aes256.pem': ['ec-private-key', /EC P-256 .*only signs/],
  'pem-seed.pem': ['unknown', /SEED-CBC.*openssl pkey/],
  'pfx-ec.pfx': ['ec-private-key', /EC P-256 .*only signs/],
  'pkcs1-public.pem': ['public-key', /only a public key/],
  'pkcs8-ec.der': ['ec-private-key', /EC P-256 .*only signs/],
  'pkcs8-v2-seed-cbc.pem': ['unknown', /SEED-CBC.*openssl pkey/],
  'public.der': ['public-key', /only a public key/],
  'rsa-pss.pem': ['other-private-key', /RSA-PSS 1024 .*only signs/],
  'x25519.pem': ['other-private-key', /X25519 .*only agrees/],
};

export interface MadeFile {
  readonly file: string;
  readonly password: string;
  /** null: it is the RSA key of made/rsa.pem. */
  readonly otherwise: readonly [kind: string, word: RegExp] | null;
}

export const MADE: readonly MadeFile[] = readdirSync(join(KEY_FILES, 'made'))
  .filter((file) => !file.endsWith('.sh'))
  .map((file) => ({ file, password: passwordOf(file), otherwise: OTHERWISE[file] ?? null }));

function passwordOf(file: string): string {
  if (file.includes('umlaut')) return 'pässwörd';
  return /(empty|null)-password/.test(file) ? '' : PASSWORD;
}
