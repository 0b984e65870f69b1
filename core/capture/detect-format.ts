import { byteAt, u16be, u32be, u32le } from '../bytes/reader.ts';
import { asciiBytes, decodeLatin1, startsWith } from '../bytes/text.ts';

export type CaptureFormat =
  | 'pcap'
  | 'modified-pcap'
  | 'pcapng'
  | 'snoop'
  | 'netmon'
  | 'gzip'
  | 'zstd'
  | 'lz4'
  | 'zip'
  | 'unsupported'
  | 'unknown'
  | 'empty';

/** Formats that hold a capture, packed. */
export type Packing = 'gzip' | 'zstd' | 'lz4' | 'zip';

export interface DetectedFormat {
  readonly format: CaptureFormat;
  /**
   * For `unsupported` and `unknown`: what it seems to be, as the end of a sentence that begins "it looks like"; empty
   * where nothing is known. Else the name of the format.
   */
  readonly guess: string;
  /** What the user can do about it, one sentence; empty where there is nothing to say. */
  readonly remedy: string;
}

export function isPacking(format: CaptureFormat): format is Packing {
  return format === 'gzip' || format === 'zstd' || format === 'lz4' || format === 'zip';
}

/** What a file is, by its first bytes (a few hundred are enough, four are needed). Names and endings do not count. */
export function detectCaptureFormat(firstBytes: Uint8Array): DetectedFormat {
  if (firstBytes.length === 0) return known('empty', 'an empty file');
  const magic = firstBytes.length < 4 ? 0 : u32be(firstBytes, 0);
  const format = FORMAT_OF_MAGIC.get(magic);
  if (format !== undefined) return known(format, NAMES[format]);
  if ((magic & 0xffffff00) >>> 0 === 0x1f8b0800) return known('gzip', NAMES.gzip);
  if ((magic & 0xf0ffffff) >>> 0 === 0x502a4d18) return behindSkippable(firstBytes);
  if (startsWith(firstBytes, SNOOP)) return known('snoop', NAMES.snoop);
  if (startsWith(firstBytes, NETMON2)) return known('netmon', NAMES.netmon);
  for (const other of OTHER_CAPTURES) if (startsWith(firstBytes, other.magic)) return other.detected;
  return guessOtherFile(firstBytes);
}

const NAMES = {
  pcap: 'a pcap capture',
  'modified-pcap': 'a capture of a modified libpcap',
  pcapng: 'a pcapng capture',
  snoop: 'a snoop capture',
  netmon: 'a Network Monitor capture',
  gzip: 'a gzip file',
  zstd: 'a Zstandard file',
  lz4: 'an LZ4 file',
  zip: 'a ZIP archive',
} as const;

/** First four bytes, read big-endian. */
const FORMAT_OF_MAGIC: ReadonlyMap<number, keyof typeof NAMES> = new Map([
  [0xa1b2c3d4, 'pcap'],
  [0xd4c3b2a1, 'pcap'],
  [0xa1b23c4d, 'pcap'],
  [0x4d3cb2a1, 'pcap'],
  [0xa1b2cd34, 'modified-pcap'],
  [0x34cdb2a1, 'modified-pcap'],
  // IXIA's lcap, hardware and software.
  [0x1c0001ac, 'modified-pcap'],
  [0xac01001c, 'modified-pcap'],
  [0x1c0001ab, 'modified-pcap'],
  [0xab01001c, 'modified-pcap'],
  [0x0a0d0d0a, 'pcapng'],
  [0x28b52ffd, 'zstd'],
  [0x04224d18, 'lz4'],
  // The legacy format.
  [0x02214c18, 'lz4'],
  [0x504b0304, 'zip'],
]);

const SNOOP = asciiBytes('snoop\0\0\0');
const NETMON2 = asciiBytes('GMBU');
const CONVERT = 'Convert it first: editcap -F pcapng IN OUT (part of Wireshark).';
const UNPACK = 'Unpack it first.';

/** Captures and archives that are recognised so that the error can name them. */
const OTHER_CAPTURES: readonly { magic: Uint8Array; detected: DetectedFormat }[] = [
  other('RTSS', 'a Network Monitor 1 capture', CONVERT),
  other('TRSNIFF data', 'a Sniffer capture', CONVERT),
  other('XCP\0', 'a Sniffer (NetXRay) capture', CONVERT),
  other('VL\0\0', 'a NetXRay capture', CONVERT),
  other('iptrace ', 'an AIX iptrace capture', CONVERT),
  other('\xaa\xaa\xaa\xaa', 'a 5View capture', CONVERT),
  other('\x54\x52\x00\x64\x00', 'an HP-UX nettl trace', CONVERT),
  other('\x05VNF', 'a Visual Networks capture', CONVERT),
  other('\x01\x10\x4c\x00\x01\x05', 'a LANalyzer capture', CONVERT),
  other('NSPR', 'a Citrix NetScaler trace', CONVERT),
  other('DBS Etherwatch', 'an Etherwatch trace', CONVERT),
  other('ObserverPktBuffe', 'an Observer capture', CONVERT),
  other('btsnoop\0', 'a Bluetooth capture', ''),
  other('BZh', 'a bzip2 file', UNPACK),
  other('\xfd7zXZ\0', 'an xz file', UNPACK),
  other('7z\xbc\xaf\x27\x1c', 'a 7-Zip archive', UNPACK),
  other('Rar!\x1a\x07', 'a RAR archive', UNPACK),
  other('PK\x05\x06', 'an empty ZIP archive', ''),
  other('MSCF', 'a Windows cabinet', 'Unpack it first; of a netsh trace, open what etl2pcapng makes.'),
];

function other(magic: string, guess: string, remedy: string) {
  return { magic: asciiBytes(magic), detected: { format: 'unsupported', guess, remedy } } as const;
}

/** zstd and LZ4 share skippable frames (RFC 8878 §3.1.2): what follows them tells; zstd is the one that begins files so. */
function behindSkippable(bytes: Uint8Array): DetectedFormat {
  let at = 0;
  while (at + 8 <= bytes.length && (u32be(bytes, at) & 0xf0ffffff) >>> 0 === 0x502a4d18) {
    at += 8 + u32le(bytes, at + 4);
  }
  const isLz4 = at + 4 <= bytes.length && FORMAT_OF_MAGIC.get(u32be(bytes, at)) === 'lz4';
  return isLz4 ? known('lz4', NAMES.lz4) : known('zstd', NAMES.zstd);
}

function known(format: CaptureFormat, guess: string): DetectedFormat {
  return { format, guess, remedy: '' };
}

/** Files that people drop by mistake: each gets a word of its own. */
function guessOtherFile(bytes: Uint8Array): DetectedFormat {
  const text = asText(bytes);
  if (text !== null) {
    for (const [pattern, guess, remedy] of TEXTS) if (pattern.test(text)) return unknown(guess, remedy);
    return unknown('a text file', '');
  }
  for (const [magic, guess] of BINARIES) if (startsWith(bytes, magic)) return unknown(guess, '');
  if (isDerSequence(bytes)) {
    return unknown('a key or certificate in DER form (PFX, PKCS#8 or X.509)', 'Load it as a key instead.');
  }
  if (isEventTrace(bytes)) {
    return unknown(
      'a Windows event trace (netsh trace)',
      'Convert it first: etl2pcapng IN.etl OUT.pcapng, or capture with pktmon and "pktmon etl2pcap".',
    );
  }
  let onlyZero = true;
  for (let at = 0; at < bytes.length && onlyZero; at++) onlyZero = byteAt(bytes, at) === 0;
  if (onlyZero) return unknown('nothing but zero bytes (a copy that failed?)', '');
  return unknown('', '');
}

const LOAD_KEY = 'Load it as a key instead.';

const TEXTS: readonly (readonly [RegExp, string, string])[] = [
  [/-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/, 'a private key in PEM form', LOAD_KEY],
  [/-----BEGIN (?:TRUSTED )?CERTIFICATE-----/, 'a certificate in PEM form', LOAD_KEY],
  [/-----BEGIN CERTIFICATE REQUEST-----/, 'a certificate request in PEM form', ''],
  [/-----BEGIN [A-Z0-9 ]+-----/, 'a PEM file', LOAD_KEY],
  [
    /^(?:CLIENT_RANDOM|RSA|RSA Session-ID|PMS_CLIENT_RANDOM|[A-Z0-9]+_(?:HANDSHAKE|EARLY|CLIENT|SERVER)_[A-Z_0-9]+|EXPORTER_SECRET|EARLY_EXPORTER_(?:MASTER_)?SECRET) [0-9a-fA-F:]{8,}/m,
    'an NSS key log',
    'Load it as a key log instead.',
  ],
  [/^\s*<(?:!doctype html|html)/i, 'a web page (a failed download?)', ''],
  [/^\s*<\?xml/i, 'an XML file', ''],
  [/^(?:(?:[A-Z]+ sips?:\S+|SIP\/2\.0 \d{3}).*)/m, 'SIP messages as text, not a capture', ''],
  [/^\s*[[{]/, 'a JSON file', ''],
  [/^\+-+\+-+\+/, 'a K12 text trace', CONVERT],
  [
    /^0{4,8}\s+(?:[0-9a-f]{2}\s+){8}/im,
    'a hex dump',
    'Make a capture of it first: text2pcap IN OUT (part of Wireshark).',
  ],
  [/^[^\n]*\bIP6? \S+ > \S+:/m, 'the printed output of tcpdump', 'Capture with tcpdump -w FILE instead.'],
  [/\bSIP\/2\.0\b/, 'a log that holds SIP messages, not a capture', ''],
  [/\d{1,2}:\d{2}:\d{2}/, 'a text log', ''],
];

const BINARIES: readonly (readonly [Uint8Array, string])[] = [
  [asciiBytes('%PDF'), 'a PDF document'],
  [asciiBytes('\x7fELF'), 'a program'],
  [asciiBytes('MZ'), 'a Windows program'],
  [asciiBytes('\x89PNG'), 'a picture'],
  [asciiBytes('\xff\xd8\xff'), 'a picture'],
  [asciiBytes('GIF8'), 'a picture'],
  [asciiBytes('RIFF'), 'an audio or video file'],
  [asciiBytes('\xfe\xed\xfe\xed'), 'a Java key store'],
  [asciiBytes('\xd0\xcf\x11\xe0'), 'an old Office document'],
  [asciiBytes('SQLite format 3'), 'an SQLite database'],
];

function unknown(guess: string, remedy: string): DetectedFormat {
  return { format: 'unknown', guess, remedy };
}

/** The bytes as text, null where they hold what no text holds. */
function asText(bytes: Uint8Array): string | null {
  const bytesPerCharacter = u16be(bytes, 0) === 0xfffe || u16be(bytes, 0) === 0xfeff ? 2 : 1;
  const end = Math.min(bytes.length, 4096);
  if (bytesPerCharacter === 2) return decodeLatin1(bytes, 2, end).replaceAll('\0', '');
  for (let at = 0; at < end; at++) {
    const byte = byteAt(bytes, at);
    if (byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b)) return null;
  }
  return decodeLatin1(bytes, u32be(bytes, 0) >>> 8 === 0xefbbbf ? 3 : 0, end);
}

/** A DER SEQUENCE with a length in long form, holding an INTEGER or a SEQUENCE: PFX, PKCS#8, PKCS#1, X.509. */
function isDerSequence(bytes: Uint8Array): boolean {
  if (byteAt(bytes, 0) !== 0x30) return false;
  const form = byteAt(bytes, 1);
  const header = form === 0x81 ? 3 : form === 0x82 ? 4 : form === 0x83 ? 5 : form === 0x80 ? 2 : 0;
  const inner = byteAt(bytes, header);
  return header !== 0 && (inner === 0x02 || inner === 0x30);
}

/** WMI_BUFFER_HEADER of an ETL file: a round buffer size, then the same or less in use. */
function isEventTrace(bytes: Uint8Array): boolean {
  const size = u32le(bytes, 0);
  const used = u32le(bytes, 4);
  return (
    size >= 4096 &&
    size <= 0x1000000 &&
    (size & 0xfff) === 0 &&
    used > 72 &&
    used <= size &&
    bytes.length >= 72
  );
}
