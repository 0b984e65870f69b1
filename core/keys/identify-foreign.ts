/** Files that hold no key that can be used here, and what to do about each. */
import { asciiBytes, startsWith } from '../bytes/text.ts';

export interface ForeignFile {
  readonly kind:
    | 'empty'
    | 'capture'
    | 'putty-key'
    | 'ssh-public-key'
    | 'microsoft-pvk'
    | 'microsoft-blob'
    | 'pgp'
    | 'jwk'
    | 'xml-key'
    | 'json'
    | 'web-page'
    | 'key-database'
    | 'archive'
    | 'text'
    | 'binary';
  /** "a capture file (pcapng)": what it is, with its article. */
  readonly words: string;
  /** A sentence of its own: what to do. Empty where there is nothing to say. */
  readonly advice: string;
}

/** What bytes are by their first ones; null where these say nothing. */
export function identifyForeignBytes(bytes: Uint8Array): ForeignFile | null {
  if (bytes.length === 0)
    return foreign('empty', 'an empty file', 'Copy it again from where the key is kept.');
  for (const { magic, file } of SIGNATURES) if (startsWith(bytes, magic)) return file;
  return null;
}

/** What a text is; an empty one stands for bytes that are no text. */
export function identifyForeignText(text: string): ForeignFile {
  if (text === '') return foreign('binary', 'a file of an unknown kind', KEY_KINDS);
  for (const { pattern, file } of TEXTS) if (pattern.test(text.slice(0, 4096))) return file;
  if (text.trim() === '') return foreign('empty', 'a file with nothing but spaces', KEY_KINDS);
  return foreign('text', 'a text without a key in it', KEY_KINDS);
}

const KEY_KINDS = 'Wanted is a private key (PEM, DER or PFX) or a TLS key log.';

function foreign(kind: ForeignFile['kind'], words: string, advice: string): ForeignFile {
  return { kind, words, advice };
}

function capture(name: string): ForeignFile {
  return foreign(
    'capture',
    `a capture file (${name})`,
    'Open it as the capture, and give the key beside it.',
  );
}

const UNPACK = 'Unpack it and load the key file inside.';
const NSS_EXPORT =
  'Export the key from it with: pk12util -o key.p12 -n NICKNAME -d FOLDER; then load key.p12.';

const SIGNATURES: readonly { readonly magic: Uint8Array; readonly file: ForeignFile }[] = [
  { magic: Uint8Array.of(0xa1, 0xb2, 0xc3, 0xd4), file: capture('pcap') },
  { magic: Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1), file: capture('pcap') },
  { magic: Uint8Array.of(0xa1, 0xb2, 0x3c, 0x4d), file: capture('pcap, nanoseconds') },
  { magic: Uint8Array.of(0x4d, 0x3c, 0xb2, 0xa1), file: capture('pcap, nanoseconds') },
  { magic: Uint8Array.of(0xa1, 0xb2, 0xcd, 0x34), file: capture('modified pcap') },
  { magic: Uint8Array.of(0x34, 0xcd, 0xb2, 0xa1), file: capture('modified pcap') },
  { magic: Uint8Array.of(0x0a, 0x0d, 0x0d, 0x0a), file: capture('pcapng') },
  { magic: asciiBytes('snoop\0\0\0'), file: capture('snoop') },
  { magic: asciiBytes('GMBU'), file: capture('Microsoft Network Monitor') },
  { magic: asciiBytes('PK\x03\x04'), file: foreign('archive', 'a ZIP archive', UNPACK) },
  { magic: Uint8Array.of(0x1f, 0x8b), file: foreign('archive', 'a file compressed with gzip', UNPACK) },
  { magic: asciiBytes('7z\xbc\xaf'), file: foreign('archive', 'a 7-Zip archive', UNPACK) },
  {
    magic: asciiBytes('SQLite format 3\0'),
    file: foreign('key-database', 'a key database of NSS', NSS_EXPORT),
  },
  {
    magic: asciiBytes('kych'),
    file: foreign(
      'key-database',
      'a keychain of macOS',
      'Export the key from Keychain Access as a .p12 file and load that.',
    ),
  },
  {
    magic: Uint8Array.of(0x1e, 0xf1, 0xb5, 0xb0),
    file: foreign(
      'microsoft-pvk',
      'a private key in Microsoft’s PVK format',
      'Convert it with: openssl rsa -inform PVK -in key.pvk -out key.pem; then load key.pem.',
    ),
  },
  {
    magic: Uint8Array.of(0x07, 0x02, 0x00, 0x00, 0x00, 0xa4, 0x00, 0x00),
    file: foreign(
      'microsoft-blob',
      'a private key as a Microsoft key blob',
      'Convert it with: openssl rsa -inform MSBLOB -in key.blob -out key.pem; then load key.pem.',
    ),
  },
];

const TEXTS: readonly { readonly pattern: RegExp; readonly file: ForeignFile }[] = [
  {
    pattern: /^\s*PuTTY-User-Key-File-\d/,
    file: foreign(
      'putty-key',
      'a private key of PuTTY',
      'Such keys are for SSH; a PBX’s TLS key is rarely one. If it is: puttygen key.ppk -O private-openssh -o key, then load key.',
    ),
  },
  {
    pattern: /^\s*(ssh-(rsa|dss|ed25519)|ecdsa-sha2-\S+) AAAA/,
    file: foreign(
      'ssh-public-key',
      'a public key of SSH',
      'The private key is in the file of the same name without .pub.',
    ),
  },
  {
    pattern: /-----BEGIN PGP /,
    file: foreign('pgp', 'a key or message of PGP', 'PGP keys are not used by TLS.'),
  },
  {
    pattern: /^\s*\{[^]*"kty"\s*:/,
    file: foreign(
      'jwk',
      'a JSON Web Key',
      'Convert it to PEM (most libraries of JSON Web Keys write it) and load that.',
    ),
  },
  {
    pattern: /<RSAKeyValue>/,
    file: foreign('xml-key', 'an RSA key in .NET’s XML', 'Export it as PFX or PEM and load that.'),
  },
  {
    pattern: /^\s*(\{\s*("[^"\n]*"\s*:|\})|\[\s*[[{"\]])/,
    file: foreign('json', 'a JSON file', KEY_KINDS),
  },
  {
    pattern: /^\s*<(!doctype\s+html|html)\b/i,
    file: foreign('web-page', 'a web page', `It was saved in place of what it offered. ${KEY_KINDS}`),
  },
];
