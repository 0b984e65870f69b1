import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { PageAnswers } from '../../../core/analysis/page-answers.ts';
import { KeyRing } from '../../../core/keys/key-ring.ts';
import { addLabKeys, labFile, type OpenedLab, openFiles } from '../../support/open-lab.ts';

const folder = mkdtempSync(join(tmpdir(), 'sipher-http2-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CLEAR = labFile('made/http2-clear.pcap');
const SECURE = labFile('made/http2-tls13.pcap');
const KEYLOG = 'made/keys/http2-tls13.keys';
const BEFORE = "(unknown, the table's entry was sent before the capture)";

async function open(path: string, keylog: string | null): Promise<OpenedLab> {
  const ring = new KeyRing();
  if (keylog !== null) addLabKeys(ring, [{ type: 'nss-keylog', file: keylog }]);
  return openFiles([path], ring);
}

/** A copy without some frames. */
function without(path: string, drop: (frame: number) => boolean): string {
  const bytes = readFileSync(path);
  const parts = [bytes.subarray(0, 24)];
  for (let at = 24, frame = 1; at < bytes.length; frame += 1) {
    const end = at + 16 + bytes.readUInt32LE(at + 8);
    if (!drop(frame)) parts.push(bytes.subarray(at, end));
    at = end;
  }
  const copy = join(folder, 'part.pcap');
  writeFileSync(copy, Buffer.concat(parts));
  return copy;
}

function pageOf({ analysis }: OpenedLab): PageAnswers {
  return new PageAnswers(analysis, []);
}

function framesOf(opened: OpenedLab, frame: number) {
  return opened.frames.report(frame, { plaintext: false, files: null }).http2 ?? [];
}

function allFrames(opened: OpenedLab) {
  const count = opened.analysis.structure.frames.length;
  return Array.from({ length: count }, (_, at) => framesOf(opened, at + 1)).flat();
}

function fieldsOf(opened: OpenedLab): string[] {
  return allFrames(opened).flatMap(({ fields }) => fields.map(({ name, value }) => `${name}: ${value}`));
}

/** What was asked for and what was answered, in clear and inside TLS alike. */
const ASKED = [
  '/calls?state=active',
  '/calls?state=active',
  '/calls',
  '/missing',
  '/trailers',
  '/push',
  '/pushed.json',
  '/long',
  '/item/1',
  '/item/2',
  '/item/3',
];

describe('HTTP/2', () => {
  test.each([
    ['inside TLS', SECURE, KEYLOG, 'HTTP/2/TLS', []],
    ['in clear', CLEAR, null, 'HTTP/2', ['/a']],
  ] as const)(
    '%s: header fields have the names and values that were sent',
    async (_, path, keylog, protocol, more) => {
      const opened = await open(path, keylog);
      const fields = fieldsOf(opened);
      const valuesOf = (name: string): string[] =>
        fields.filter((field) => field.startsWith(`${name}: `)).map((field) => field.slice(name.length + 2));
      expect(valuesOf(':path')).toEqual([...ASKED, ...more]);
      expect(valuesOf('x-session')).toHaveLength(10);
      expect(new Set(valuesOf('x-session'))).toEqual(new Set(['f81d4fae-7dec-11d0-a765-00a0c91e6bf6']));
      expect(valuesOf('set-cookie')).toEqual(['a=1', 'b=two']);
      expect(valuesOf('x-checksum')).toEqual(['0badcafe']);
      expect(valuesOf('x-long').map((value) => value.length)).toEqual([more.length === 0 ? 23_976 : 288]);
      expect(valuesOf('x-n').sort()).toEqual(['1', '2', '3']);
      expect(fields.filter((field) => field.startsWith('('))).not.toContain(`${BEFORE}: `);
      const first = allFrames(opened).find(({ type }) => type === 'HEADERS');
      expect(first).toMatchObject({
        stream: 1,
        fields: expect.arrayContaining([{ name: ':method', value: 'GET' }]),
      });
      expect(opened.frames.protocolOf(more.length === 0 ? 9 : 6)).toBe(protocol);
      opened.set.close();
    },
  );

  test('stands in the list, the ladder, the text and the filter', async () => {
    const opened = await open(SECURE, KEYLOG);
    expect(opened.frames.infoOf(14)).toBe('HEADERS[5]: POST /calls, DATA[5]');
    expect(opened.frames.infoOf(15)).toBe('HEADERS[5]: 200, DATA[5]');
    expect(opened.frames.infoOf(25)).toBe('HEADERS[13], CONTINUATION[13]: GET /long');
    const page = pageOf(opened);
    const steps = page.ladder(0, 'text')?.text ?? '';
    expect(steps).toContain('HEADERS[7]: GET /missing');
    const { text } = page.conversationText(0, 1_000_000) ?? { text: '' };
    expect(text).toContain('HEADERS stream 5, END_HEADERS');
    expect(text).toContain('authorization: Bearer lab-token');
    // A body in a padded frame, without the padding.
    expect(text).toContain('\nDATA stream 5, END_STREAM, PADDED\n{"to":"sip:bob@lab.example"}\n');
    const filter = { text: 'lab-token', verdicts: [], conversation: null };
    expect(page.frameWindow(filter, 0, 10).rows.map((row) => row.frame)).toEqual([14]);
    opened.set.close();
  });

  test('in clear stands there too, with its bodies', async () => {
    const opened = await open(CLEAR, null);
    const page = pageOf(opened);
    const { text } = page.conversationText(0, 1_000_000) ?? { text: '' };
    expect(text).toContain('\n:path: /trailers\n');
    expect(text).toContain('\nbody before trailers\n');
    expect(page.ladder(0, 'text')?.text).toContain('HEADERS[7]: 404');
    opened.set.close();
  });

  test.each([
    ['inside TLS', SECURE, KEYLOG, 14],
    ['in clear', CLEAR, null, 10],
  ] as const)('%s, begun before the capture: no wrong name is given', async (_, path, keylog, cut) => {
    const whole = await open(path, keylog);
    const part = await open(
      without(path, (frame) => frame <= cut),
      keylog,
    );
    const found = allFrames(part);
    const sent = allFrames(whole).slice(-found.length);
    expect(found.length).toBeGreaterThan(20);
    let unknown = 0;
    for (const [at, { fields }] of found.entries()) {
      expect(fields).toHaveLength(sent[at]?.fields.length ?? 0);
      for (const [place, field] of fields.entries())
        if (field.name === BEFORE) unknown += 1;
        else expect(field).toEqual(sent[at]?.fields[place]);
    }
    expect(unknown).toBeGreaterThan(10);
    whole.set.close();
    part.set.close();
  });

  test('behind a lost record: no wrong name is given', async () => {
    const whole = await open(SECURE, KEYLOG);
    const part = await open(
      without(SECURE, (frame) => frame === 12),
      KEYLOG,
    );
    const sent = new Set(fieldsOf(whole));
    const found = fieldsOf(part);
    const unknown = found.filter((field) => field.startsWith('(unknown'));
    expect(unknown[0]).toContain('stood before lost bytes');
    expect(found.filter((field) => !field.startsWith('(unknown')).every((field) => sent.has(field))).toBe(
      true,
    );
    // The answers come in the other direction, whose table is whole.
    expect(found).toContain('x-checksum: 0badcafe');
    whole.set.close();
    part.set.close();
  });

  test('goes when its key goes, and comes again', async () => {
    const opened = await open(SECURE, KEYLOG);
    const before = fieldsOf(opened);
    await opened.analysis.reopen(() => Promise.resolve(false));
    expect(fieldsOf(opened)).toEqual(before);
    const locked = await open(SECURE, null);
    expect(allFrames(locked)).toEqual([]);
    opened.set.close();
    locked.set.close();
  });
});
