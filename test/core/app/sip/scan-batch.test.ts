import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSipScratch } from '../../../../core/app/other-message.ts';
import { HEADER_LINES_WASM } from '../../../../core/app/sip/header-lines.generated.ts';
import { ScanBatch } from '../../../../core/app/sip/scan-batch.ts';
import { noteScan, SCAN_WIDTH } from '../../../../core/app/sip/scan-headers.ts';
import { loadKernel } from '../../../../core/crypto/kernels/kernel-module.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const MESSAGES = [
  'INVITE sip:a@b SIP/2.0\r\nCall-ID: x1@y\r\nCSeq: 12 INVITE\r\nContent-Length: 4\r\n\r\nbody',
  'SIP/2.0 200 OK\r\ni : x\r\nCSEQ:\t7 BYE \r\nl:0\r\n\r\n',
  'SIP/2.0 486 Busy Here\r\nCall-ID: first\r\nCall-ID: second\r\nSubject: call-id: none\r\n\r\n',
];

/** Scans of several texts that stand in one array, by the batch and one by one. */
function scansOf(texts: readonly Uint8Array[], shared: boolean): { batch: Int32Array; single: Int32Array } {
  const size = texts.reduce((sum, text) => sum + text.length + 3, 5);
  const bytes = new Uint8Array(shared ? new SharedArrayBuffer(size) : new ArrayBuffer(size)).fill(0x0d);
  const batch = new Int32Array(texts.length * SCAN_WIDTH);
  const single = new Int32Array(texts.length * SCAN_WIDTH);
  const scans = new ScanBatch();
  scans.begin(bytes);
  let from = 5;
  for (const [i, text] of texts.entries()) {
    bytes.set(text, from);
    scans.add(from, from + text.length, i * SCAN_WIDTH);
    noteScan(createSipScratch(), bytes, from, from + text.length, single, i * SCAN_WIDTH);
    from += text.length + 3;
  }
  scans.finish(batch);
  return { batch, single };
}

describe('scans of many texts at once', () => {
  it('give what scanning one by one gives, whatever the bytes are', () => {
    const piece = fc.constantFrom(
      ...['\r\n', '\r\n', '\r\n', '\r\n\r\n', '\n', '\r', ' folded', '\u00e9', 'x'.repeat(40), ':', '\t'],
      ...['INVITE sip:a@b SIP/2.0\r\n', 'SIP/2.0 200 OK\r\n', 'SIP/2.0 99999 ?\r\n', 'GET / HTTP/1.1\r\n'],
      ...['Call-ID: x', 'call-iD \t:', 'i:y ', 'Call-IDs: z', 'CSeq: 1 BYE', 'cseq', 'CS', 'Via: cseq: 1'],
      ...[
        'l: 99999999999',
        'Content-Length: 3',
        'l:',
        'Content-Length: 3a',
        'Content-Type: a/b',
        'Contact: <x>',
      ],
    );
    const text = fc.array(piece, { maxLength: 14 }).map((pieces) => encode(pieces.join('')));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), fc.boolean(), (texts, shared) => {
        const { batch, single } = scansOf(texts, shared);
        for (let at = 0; at < single.length; at += SCAN_WIDTH) {
          // Of a text that is no SIP only that is said.
          const width = single[at] === 0 ? 1 : SCAN_WIDTH;
          expect(batch.subarray(at, at + width)).toEqual(single.subarray(at, at + width));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('tell what first lines are as one by one, whatever is in them', () => {
    const piece = fc.constantFrom(
      ...[
        'INVITE',
        'MSRP',
        'MSRP abcd',
        'REGISTER',
        'SEND',
        'a',
        'B',
        '',
        ' ',
        '  ',
        '\t',
        'sip:a@b',
        'x'.repeat(1100),
      ],
      ...[
        ' SIP/2.0',
        'SIP/2.0 ',
        'sip/2.0',
        'SIP/3.0',
        ' HTTP/1.1',
        'RTSP/1.0',
        '200',
        '48',
        '6',
        '2000',
        ' OK',
      ],
      ...['\u007f', '\u0000', '\u0001', '\u00e9', ':', '/'],
    );
    const line = fc.oneof(
      fc.array(piece, { maxLength: 6 }),
      fc.array(piece, { maxLength: 3 }).map((pieces) => ['SIP/2.0 ', ...pieces]),
      fc.array(piece, { maxLength: 4 }).map((pieces) => [...pieces, ' SIP/2.0']),
    );
    const headers = '\r\nCall-ID: x\r\nCSeq: 1 A\r\nContent-Length: 0\r\n\r\n';
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), (lines) => {
        const { batch, single } = scansOf(
          lines.map((pieces) => encode(pieces.join('') + headers)),
          true,
        );
        for (let at = 0; at < single.length; at += SCAN_WIDTH) {
          const width = single[at] === 0 ? 1 : SCAN_WIDTH;
          expect(batch.subarray(at, at + width)).toEqual(single.subarray(at, at + width));
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('give the same where there are more of them than a job has', () => {
    const texts = Array.from({ length: 1000 }, (_, i) => encode(MESSAGES[i % MESSAGES.length]!));
    const { batch, single } = scansOf(texts, true);
    expect(batch).toEqual(single);
    expect(single[0]).toBe(2);
  });

  it.each(MESSAGES)('are made by the kernel where the message is written as usual', (message) => {
    const kernel = loadKernel(HEADER_LINES_WASM);
    expect(kernel).not.toBeNull();
    if (kernel === null) return;
    const text = encode(message);
    kernel.bytes.set(text, 65_536);
    const rows = new Int32Array(kernel.bytes.buffer, 100_000, 12);
    rows[0] = 65_536;
    rows[1] = 65_536 + text.length;
    kernel.call('scan')(100_000, 1);
    expect(rows[2]).toBe(1);
    expect(rows[8]! - 65_536).toBe(message.indexOf('\r\n\r\n') + 4);
  });
});
