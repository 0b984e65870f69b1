import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ExportSource } from '../../../core/analysis/export/export-source.ts';
import { CLEAR_LINK_TYPES, clearFrames } from '../../../core/export/clear-frames.ts';
import { countConfidences } from '../../../core/export/count-confidences.ts';
import type { ExportedMessage } from '../../../core/export/exported.ts';
import { writePcapng } from '../../../core/export/pcapng.ts';
import { writeSipCsv } from '../../../core/export/sip-csv.ts';
import { writeSipJson } from '../../../core/export/sip-json.ts';
import { writeSipText } from '../../../core/export/sip-text.ts';
import { finish } from '../../../core/export/steps.ts';
import { KeyRing } from '../../../core/keys/key-ring.ts';
import { writeExportFile } from '../../../core/node/export-file.ts';
import { openFiles, openLab, type OpenedLab } from '../../support/open-lab.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'sipher-export-'));
afterAll(() => {
  rmSync(FOLDER, { recursive: true });
});

const IDS = [
  '01-calls-tls10-aes256-sha',
  '04-question-63f-beside-10',
  '13-message-utf8',
  '13-many-sip-in-one-record-and-one-sip-over-many-records',
  '13-sip-over-wss',
];

const sipOf = (opened: OpenedLab): ExportedMessage[] => [
  ...new ExportSource(opened.analysis, opened.messages, null).sip(),
];
const textOf = (pieces: Iterable<Uint8Array>): string => Buffer.concat([...pieces]).toString('utf8');
const bodyOf = (message: ExportedMessage): string => Buffer.from(message.bytes).toString('latin1');

async function readClear(messages: readonly ExportedMessage[]): Promise<OpenedLab> {
  const path = join(FOLDER, 'clear.pcapng');
  const pieces = writePcapng(CLEAR_LINK_TYPES, null, clearFrames(messages));
  expect(writeExportFile(path, pieces, { force: true, confidential: true })).toBeNull();
  return openFiles([path], new KeyRing());
}

describe('SIP in clear', () => {
  test.each(IDS)('%s: the same messages between the same ends at the same times', async (id) => {
    const messages = sipOf(await openLab(id));
    expect(messages.length).toBeGreaterThan(0);
    const again = await readClear(messages);
    const view = (message: ExportedMessage): unknown => ({
      body: bodyOf(message),
      time: [message.seconds, message.nanoseconds],
      ends: [message.source, message.destination],
    });
    expect(sipOf(again).map(view)).toEqual(messages.map(view));
    expect(sipOf(again).some((message) => message.decrypted)).toBe(false);
  });

  test('checksums are those of the packets, IPv6 too', () => {
    const v4 = [...clearFrames([messageOf('OPTIONS sip:a SIP/2.0\r\n\r\n')])];
    const v6 = [...clearFrames([messageOf('OPTIONS sip:ab SIP/2.0\r\n\r\n', 6)])];
    const large = [...clearFrames([messageOf(largeMessage(), 6)])];
    for (const { bytes } of v4) expect(onesSum(bytes.subarray(0, 20))).toBe(0xffff);
    for (const { bytes } of [...v4, ...v6, ...large]) expect(transportSum(bytes)).toBe(0xffff);
  });

  test.each([4, 6] as const)('IPv%i: what no datagram can hold comes as a stream', async (version) => {
    const small = 'OPTIONS sip:a@b SIP/2.0\r\nCall-ID: x\r\nContent-Length: 0\r\n\r\n';
    const messages = [messageOf(largeMessage(), version), messageOf(small, version)];
    const again = await readClear([...messages, messageOf(largeMessage(), version)]);
    expect(sipOf(again).map(bodyOf)).toEqual([largeMessage(), small, largeMessage()]);
  });
});

describe('SIP for people and programs', () => {
  test('as JSON it is one document with every message', async () => {
    const messages = sipOf(await openLab('13-message-utf8'));
    const rows: unknown = JSON.parse(textOf(writeSipJson(messages)));
    expect(rows).toHaveLength(messages.length);
    expect(rows).toMatchObject(messages.map((message) => ({ frame: message.frame, callId: message.callId })));
    expect(JSON.parse(textOf(writeSipJson([])))).toEqual([]);
  });

  test('as text it holds every message, and no byte that a terminal would obey', async () => {
    const messages = sipOf(await openLab('01-calls-tls10-aes256-sha'));
    const text = textOf(writeSipText(messages));
    for (const message of messages)
      expect(text).toContain(bodyOf(message).replaceAll('\r\n', '\n').trimEnd());
    const hostile = textOf(writeSipText([messageOf('OPTIONS sip:a SIP/2.0\r\nX: \u001b[2J\u0000\r\n\r\n')]));
    expect(hostile).not.toContain('\u001b');
    expect(hostile).not.toContain('\u0000');
  });

  test.each(['=cmd|x', '+49170', '-1', '@SUM(A1)', '\t=1', ' =1', "'=1", '"=1', '\uff1d1'])(
    'as CSV no cell begins as a formula: %s',
    (value) => {
      const from = {
        ...messageOf(`OPTIONS sip:a SIP/2.0\r\nFrom: ${value}\r\nTo: "A, B" <sip:b@c>\r\n\r\n`),
      };
      const csv = textOf(writeSipCsv([{ ...from, callId: value, startLine: value, cseq: `1\r\n${value}` }]));
      const [, cells = []] = rowsOf(csv);
      expect(rowsOf(csv).map((row) => row.length)).toEqual([12, 12]);
      for (const cell of cells) expect(cell).not.toMatch(/^[\s"]*[=+\-@|%\uff1d]/);
      expect(cells[8]).toBe('"A, B" <sip:b@c>');
    },
  );

  test('what is confidential is counted', () => {
    const invite = 'INVITE sip:a SIP/2.0\r\nAuthorization: Digest x\r\n\r\nv=0\r\na=crypto:1 A inline:B\r\n';
    const options = 'OPTIONS sip:a SIP/2.0\r\n\r\n';
    expect(finish(countConfidences([messageOf(invite), messageOf(options)]))).toEqual({
      messages: 2,
      decrypted: 2,
      withMediaKeys: 1,
      withCredentials: 1,
      complete: true,
    });
  });
});

function messageOf(text: string, version: 4 | 6 = 4): ExportedMessage {
  const words = version === 4 ? [0x0a000001, 0, 0, 0] : [0x20010db8, 0xffffffff, 0, 1];
  const others = version === 4 ? [0xc0a8ff02, 0, 0, 0] : [0x20010db8, 0, 0, 2];
  return {
    frame: 7,
    seconds: 1_700_000_000,
    nanoseconds: 123_456_789,
    conversation: 0,
    decrypted: true,
    source: { ipVersion: version, words, port: 5060 },
    destination: { ipVersion: version, words: others, port: 5061 },
    startLine: text.split('\r\n')[0] ?? '',
    callId: 'x',
    cseq: '1 OPTIONS',
    bytes: Buffer.from(text, 'latin1'),
  };
}

function largeMessage(): string {
  const body = 'x'.repeat(70_001);
  return `MESSAGE sip:a@b SIP/2.0\r\nCall-ID: y\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

function onesSum(bytes: Uint8Array, start = 0): number {
  let sum = start;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

function transportSum(packet: Uint8Array): number {
  const six = (packet[0] ?? 0) >> 4 === 6;
  const at = six ? 40 : 20;
  const protocol = packet[six ? 6 : 9] ?? 0;
  return onesSum(
    packet.subarray(at),
    onesSum(packet.subarray(six ? 8 : 12, at)) + protocol + packet.length - at,
  );
}

/** Rows of quoted cells. */
function rowsOf(csv: string): string[][] {
  return csv
    .trimEnd()
    .split('\r\n')
    .map((line) =>
      [...line.matchAll(/"((?:[^"]|"")*)"/g)].map((cell) => (cell[1] ?? '').replaceAll('""', '"')),
    );
}
