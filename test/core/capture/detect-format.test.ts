import { describe, expect, test } from 'vitest';
import { asciiBytes } from '../../../core/bytes/text.ts';
import { detectCaptureFormat } from '../../../core/capture/detect-format.ts';
import { openCaptureReader } from '../../../core/capture/open-capture.ts';

describe('captures and packed files', () => {
  test.each([
    ['d4c3b2a1', 'pcap'],
    ['a1b2c3d4', 'pcap'],
    ['4d3cb2a1', 'pcap'],
    ['34cdb2a1', 'modified-pcap'],
    ['0a0d0d0a', 'pcapng'],
    ['1f8b0808', 'gzip'],
    ['28b52ffd', 'zstd'],
    ['5e2a4d18', 'zstd'],
    ['04224d18', 'lz4'],
    ['02214c18', 'lz4'],
    ['512a4d1803000000616263' + '04224d18', 'lz4'],
    ['512a4d1803000000616263' + '28b52ffd', 'zstd'],
    ['512a4d18ffffffff', 'zstd'],
    ['736e6f6f7000000000000002', 'snoop'],
  ])('%s', (hex, format) => {
    expect(detectCaptureFormat(new Uint8Array(Buffer.from(hex, 'hex'))).format).toBe(format);
  });
});

describe('what is none is named', () => {
  const DER = '308204a40201000282010100';
  test.each<[string, Uint8Array, string]>([
    [
      'PEM key',
      asciiBytes('Bag Attributes\r\n-----BEGIN ENCRYPTED PRIVATE KEY-----\r\n'),
      'private key in PEM form',
    ],
    ['certificate', asciiBytes('-----BEGIN CERTIFICATE-----\n'), 'certificate in PEM form'],
    ['PFX', new Uint8Array(Buffer.from(DER, 'hex')), 'DER form'],
    [
      'key log',
      asciiBytes(`# by a browser\nCLIENT_RANDOM ${'ab'.repeat(32)} ${'00'.repeat(48)}\n`),
      'NSS key log',
    ],
    ['SIP', asciiBytes('INVITE sip:1000@pbx.example SIP/2.0\r\nVia: SIP/2.0/TLS'), 'SIP messages as text'],
    ['log', asciiBytes('Jul 11 16:06:00 pbx asterisk[1]: SIP/2.0 200 OK'), 'log that holds SIP'],
    ['web page', asciiBytes('<!DOCTYPE html><html>'), 'web page'],
    ['JSON', asciiBytes('{"frames": []}'), 'JSON'],
    ['ZIP', asciiBytes('PK\x03\x04abc'), 'ZIP archive'],
    [
      'tcpdump output',
      asciiBytes('reading\n16:06:00.1 IP 10.0.0.1.5060 > 10.0.0.2.5060: SIP'),
      'output of tcpdump',
    ],
    [
      'UTF-16 text',
      asciiBytes('\xff\xfe-\0-\0-\0-\0-\0B\0E\0G\0I\0N\0 \0P\0R\0I\0V\0A\0T\0E\0 \0K\0E\0Y\0-\0-\0-\0-\0-\0'),
      'private key',
    ],
    ['zeros', new Uint8Array(500), 'zero bytes'],
    ['other captures', asciiBytes('TRSNIFF data    \x1a'), 'Sniffer capture'],
  ])('%s', (_name, bytes, words) => {
    const opened = openCaptureReader(bytes);
    if (!('kind' in opened)) throw new Error('it was taken for a capture');
    expect(opened.sentence).toContain(words);
    expect(opened.offset).toBe(0);
  });

  test('nothing and noise', () => {
    expect(openCaptureReader(new Uint8Array(0))).toMatchObject({ kind: 'empty' });
    expect(openCaptureReader(Uint8Array.of(0x99, 0x01, 0xfe, 0xc7, 0x03))).toMatchObject({
      kind: 'not-a-capture',
    });
    for (let length = 1; length < 8; length++) {
      expect('kind' in openCaptureReader(asciiBytes('\xd4\xc3\xb2\xa1\x02\0\x04').subarray(0, length))).toBe(
        true,
      );
    }
  });
});
