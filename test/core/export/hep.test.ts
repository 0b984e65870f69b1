import { describe, expect, test } from 'vitest';
import { ipProtocolOf, planMessages } from '../../../core/analysis/export/export-plan.ts';
import { PageAnswers } from '../../../core/analysis/page-answers.ts';
import { createHepPacket, decodeHep } from '../../../core/app/hep/hep-reader.ts';
import type { ExportedMessage } from '../../../core/export/exported.ts';
import { encodeHep } from '../../../core/export/hep.ts';
import { formatAddress } from '../../../core/net/addresses.ts';
import { openLab } from '../../support/open-lab.ts';

const OPTIONS = { captureId: 77, authKey: null, protocolOf: () => 6 };

describe('a HEP packet', () => {
  test.each(['01-calls-tls10-aes256-sha', '13-sip-over-wss', '13-message-utf8'])(
    'of %s is read back by our own reader as the message that it was',
    async (id) => {
      const opened = await openLab(id);
      const answers = new PageAnswers(opened.analysis, ['x']);
      const plan = planMessages(answers, { kind: 'all' }, false);
      if (typeof plan === 'string') throw new Error(plan);
      expect(plan.sentences[0]).toContain('This sends');
      let count = 0;
      for (const message of plan.messages) {
        const protocolOf = (conversation: number): number => ipProtocolOf(opened.analysis, conversation);
        const bytes = encodeHep(message, { ...OPTIONS, protocolOf }) ?? new Uint8Array(0);
        const packet = createHepPacket();
        expect(decodeHep(bytes, 0, bytes.length, packet)).toBe(true);
        expect(Buffer.from(packet.bytes.subarray(packet.from, packet.to))).toEqual(
          Buffer.from(message.bytes),
        );
        expect([packet.ipProtocol, packet.protocolType]).toEqual([6, 1]);
        expect([packet.sourcePort, packet.destinationPort]).toEqual([
          message.source.port,
          message.destination.port,
        ]);
        expect(formatAddress(packet.ipVersion, packet.addresses, 0)).toBe(
          formatAddress(message.source.ipVersion, message.source.words, 0),
        );
        count += 1;
      }
      expect(count).toBe(opened.messages.length);
    },
  );

  test('has its own time, its Call-ID, the agent and the key that a receiver asks for', () => {
    const chunks = chunksOf(encodeHep(messageOf(4), { ...OPTIONS, authKey: 'let me in' }));
    expect(chunks.get(9)?.readUInt32BE()).toBe(1_499_789_160);
    expect(chunks.get(10)?.readUInt32BE()).toBe(123_456);
    expect(chunks.get(12)?.readUInt32BE()).toBe(77);
    expect(chunks.get(14)?.toString()).toBe('let me in');
    expect(chunks.get(17)?.toString()).toBe('a@b');
    expect(chunks.get(1)?.[0]).toBe(2);
    expect(chunks.get(3)).toEqual(Buffer.from([10, 1, 2, 3]));
    expect(chunksOf(encodeHep(messageOf(4), OPTIONS)).has(14)).toBe(false);
  });

  test('of IPv6 names both ends by their sixteen bytes', () => {
    const chunks = chunksOf(encodeHep(messageOf(6), OPTIONS));
    expect(chunks.get(1)?.[0]).toBe(10);
    expect(chunks.get(5)?.length).toBe(16);
    expect(chunks.get(6)?.length).toBe(16);
    expect(chunks.has(3)).toBe(false);
  });

  // Kamailio 5.6.3 and hep-js 1.0.22 were given these: both read what stands here (hep-js has no addresses of IPv6).
  test.each([
    [
      4,
      [
        '484550330085',
        '00000001000702',
        '00000002000706',
        '00000003000a0a010203',
        '00000004000a0a010203',
        '00000007000813c4',
        '00000008000813c4',
        '00000009000a5964f768',
        '0000000a000a0001e240',
        '0000000b000701',
        '0000000c000a0000004d',
        '000000110009614062',
        '0000000f001f4f5054494f4e53207369703a61205349502f322e300d0a0d0a',
      ],
    ],
    [
      6,
      [
        '48455033009d',
        '0000000100070a',
        '00000002000706',
        '0000000500160a010203000000010000000200000003',
        '0000000600160a010203000000010000000200000003',
        '00000007000813c4',
        '00000008000813c4',
        '00000009000a5964f768',
        '0000000a000a0001e240',
        '0000000b000701',
        '0000000c000a0000004d',
        '000000110009614062',
        '0000000f001f4f5054494f4e53207369703a61205349502f322e300d0a0d0a',
      ],
    ],
  ] as const)('of IPv%i is what others read', (version, chunks) => {
    const bytes = Buffer.from('OPTIONS sip:a SIP/2.0\r\n\r\n');
    const packet = encodeHep({ ...messageOf(version), bytes }, OPTIONS);
    expect(Buffer.from(packet ?? []).toString('hex')).toBe(chunks.join(''));
  });

  test('is not made where there is no address, nor where its length cannot say how long it is', () => {
    expect(encodeHep(messageOf(0), OPTIONS)).toBeNull();
    expect(encodeHep(messageOf(4, 65_536), OPTIONS)).toBeNull();
    const largest = encodeHep(messageOf(4, 65_400), OPTIONS);
    expect(largest?.length).toBe(new DataView(largest?.buffer ?? new ArrayBuffer(8)).getUint16(4));
  });
});

function chunksOf(packet: Uint8Array | null): Map<number, Buffer> {
  const bytes = Buffer.from(packet ?? []);
  expect(bytes.subarray(0, 4).toString()).toBe('HEP3');
  const chunks = new Map<number, Buffer>();
  for (let at = 6; at < bytes.length; at += bytes.readUInt16BE(at + 4))
    chunks.set(bytes.readUInt16BE(at + 2), bytes.subarray(at + 6, at + bytes.readUInt16BE(at + 4)));
  return chunks;
}

function messageOf(ipVersion: 0 | 4 | 6, size = 100): ExportedMessage {
  const end = { ipVersion, words: [0x0a010203, 1, 2, 3], port: 5060 };
  return {
    frame: 1,
    seconds: 1_499_789_160,
    nanoseconds: 123_456_789,
    conversation: 0,
    decrypted: true,
    source: end,
    destination: end,
    startLine: 'OPTIONS sip:a SIP/2.0',
    callId: 'a@b',
    cseq: '1 OPTIONS',
    bytes: new Uint8Array(size),
  };
}
