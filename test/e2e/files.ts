import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/app-drivers/app-process.ts';

const CAPTURES = join(ROOT, 'test/captures');

/** One connection set up before the capture began (frames 1, 2, 17, …), one complete (frames 4 to 38 but those). */
export const CAPTURE = join(CAPTURES, '04-question-63f-beside-10.pcap');
export const CAPTURE_FRAMES = 38;
/** A frame of the connection that cannot be decrypted, and one of the other, with SIP in it. */
export const LOCKED_FRAME = 2;
export const SIP_FRAME = 14;
/** 25 calls in one TLS connection. */
export const MANY_CALLS = join(CAPTURES, '01-sipp-stunnel-aes128-gcm.pcap');
export const MANY_CALLS_FRAMES = 241;
/** The server's key, as PEM and as Windows exports it. */
export const PEM_KEY = join(CAPTURES, 'keys/formats/server1.pkcs8-crlf.pem');
export const PFX_KEY = join(CAPTURES, 'keys/formats/server1.windows-csp.pfx');
export const PFX_PASSWORD = 'lab-secret';

/** A folder for what a test makes. */
export interface Workshop {
  readonly folder: string;
  /** A private key that belongs to nobody in the capture. */
  wrongKey(): string;
  /** What is neither capture nor key. */
  wrongFile(): string;
  /** The capture, whole frames up to the middle, then rubbish. */
  damagedCapture(): string;
  /** The capture's frames and then many of plain SIP over UDP, `frames` in all. */
  largeCapture(frames: number): string;
  clear(): void;
}

export function createWorkshop(): Workshop {
  const folder = mkdtempSync(join(tmpdir(), 'sipher-e2e-'));
  const write = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  return {
    folder,
    wrongKey() {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      return write('other-server.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }));
    },
    wrongFile: () => write('holiday.jpg', Buffer.from('ffd8ffe000104a46494600010100000100010000ffdb', 'hex')),
    damagedCapture() {
      const whole = readFileSync(CAPTURE);
      return write(
        'damaged.pcap',
        Buffer.concat([whole.subarray(0, offsetOfFrame(whole, 20)), Buffer.alloc(400, 0xff)]),
      );
    },
    largeCapture(frames) {
      const path = join(folder, `large-${frames}.pcap`);
      writeLargeCapture(path, frames);
      return path;
    },
    clear: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** What must never leave the host's memory: lines of the key file, its numbers, the password, the sessions' secrets. */
export function secretsOf(): readonly string[] {
  const pem = readFileSync(PEM_KEY, 'utf8');
  const jwk = createPrivateKey(pem).export({ format: 'jwk' });
  const numbers = [jwk.d, jwk.p, jwk.q].flatMap((value) => {
    const bytes = Buffer.from(value ?? '', 'base64url');
    return [
      bytes.toString('hex').slice(0, 40),
      bytes.toString('base64').slice(0, 40),
      bytes.toString('base64url').slice(0, 40),
    ];
  });
  const lines = pem.split(/\r?\n/).filter((line) => line.length > 40 && !line.startsWith('--'));
  // The master secret of the connection that decrypts, as its endpoint logged it.
  const masterSecret = '65d762c80f2e9ce8bc8f2723dd0a76b902be1a570fc4f652111add735fe31f6e';
  return [
    ...lines,
    ...numbers,
    PFX_PASSWORD,
    masterSecret,
    Buffer.from(masterSecret, 'hex').toString('base64').slice(0, 40),
  ];
}

/** Where frame `number` begins in a classic pcap of this machine's byte order. */
function offsetOfFrame(capture: Buffer, number: number): number {
  let offset = 24;
  for (let frame = 1; frame < number; frame += 1) offset += 16 + capture.readUInt32LE(offset + 8);
  return offset;
}

function writeLargeCapture(path: string, frames: number): void {
  const first = readFileSync(CAPTURE);
  const file = openSync(path, 'w');
  writeSync(file, first);
  const record = sipRecord();
  const PER_WRITE = 2000;
  const many = Buffer.alloc(record.length * PER_WRITE);
  let seconds = first.readUInt32LE(24) + 100;
  for (let left = frames - CAPTURE_FRAMES; left > 0; left -= PER_WRITE) {
    const count = Math.min(left, PER_WRITE);
    for (let index = 0; index < count; index += 1) {
      record.copy(many, index * record.length);
      many.writeUInt32LE(seconds, index * record.length);
      many.writeUInt32LE(index, index * record.length + 4);
      // The client's port: 500 conversations.
      many.writeUInt16BE(20_000 + (index % 500), index * record.length + 16 + 14 + 20);
    }
    seconds += 1;
    writeSync(file, many, 0, count * record.length);
  }
  closeSync(file);
}

/** One pcap record: Ethernet, IPv4, UDP, a short SIP request. */
function sipRecord(): Buffer {
  const sip = Buffer.from(
    'OPTIONS sip:lab.example SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1\r\nFrom: <sip:a@lab.example>;tag=1\r\n' +
      'To: <sip:lab.example>\r\nCall-ID: large@lab.example\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n',
  );
  const ethernet = Buffer.from('0200000000020200000000010800', 'hex');
  const ip = Buffer.from('450000000000000040110000' + '0a000001' + '0a000002', 'hex');
  ip.writeUInt16BE(28 + sip.length, 2);
  const udp = Buffer.alloc(8);
  udp.writeUInt16BE(20_000, 0);
  udp.writeUInt16BE(5060, 2);
  udp.writeUInt16BE(8 + sip.length, 4);
  const frame = Buffer.concat([ethernet, ip, udp, sip]);
  const head = Buffer.alloc(16);
  head.writeUInt32LE(frame.length, 8);
  head.writeUInt32LE(frame.length, 12);
  return Buffer.concat([head, frame]);
}
