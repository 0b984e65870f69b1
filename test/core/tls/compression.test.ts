import { constants, createDeflate } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { asciiBytes } from '../../../core/bytes/text.ts';
import { nodeInflate } from '../../../core/node/inflate.ts';
import { RecordInflater } from '../../../core/tls/compression.ts';

const TEXTS = [
  'INVITE sip:a@b SIP/2.0\r\n',
  'INVITE sip:a@b SIP/2.0\r\n',
  '',
  'SIP/2.0 200 OK\r\n'.repeat(900),
];

/** As an endpoint compresses: one zlib stream for a direction, flushed behind each record (RFC 3749 §2.1). */
async function compressed(texts: readonly string[]): Promise<Uint8Array[]> {
  const deflate = createDeflate({ level: 9 });
  const records: Uint8Array[] = [];
  for (const text of texts) {
    const parts: Buffer[] = [];
    const take = (part: Buffer): unknown => parts.push(part);
    deflate.on('data', take);
    deflate.write(text);
    await new Promise<void>((resolve) => {
      deflate.flush(constants.Z_SYNC_FLUSH, () => setImmediate(resolve));
    });
    deflate.off('data', take);
    records.push(new Uint8Array(Buffer.concat(parts)));
  }
  deflate.destroy();
  return records;
}

function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('latin1');
}

describe('compressed records', () => {
  test('go on from record to record', async () => {
    const inflater = new RecordInflater(nodeInflate.createInflater(15));
    const records = await compressed(TEXTS);
    expect(records.map((record) => textOf(inflater.push(record)))).toEqual(TEXTS);
  });

  test('cannot be read behind one that is missing, and say nothing false', async () => {
    const inflater = new RecordInflater(nodeInflate.createInflater(15));
    const [first, , , last] = await compressed(TEXTS);
    expect(textOf(inflater.push(first ?? new Uint8Array(0)))).toBe(TEXTS[0]);
    inflater.lose();
    expect(inflater.push(last ?? new Uint8Array(0))).toBeNull();
    expect(inflater.broken).toBe(true);
  });

  test('are refused where they are no zlib stream', () => {
    const inflater = new RecordInflater(nodeInflate.createInflater(15));
    expect(inflater.push(asciiBytes('INVITE sip:a@b SIP/2.0'))).toBeNull();
  });

  test('make no more than a record may hold', async () => {
    const inflater = new RecordInflater(nodeInflate.createInflater(15));
    const [bomb] = await compressed(['a'.repeat(200_000)]);
    expect(inflater.push(bomb ?? new Uint8Array(0))).toBeNull();
  });
});
