import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSecretsFilter } from '../../../cli/serve/blank-secrets.ts';

const KEY_LOG = 0x544c534b;

function block(order: 'LE' | 'BE', type: number, body: Buffer): Buffer {
  const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
  const head = Buffer.alloc(8);
  const tail = Buffer.alloc(4);
  const write = (target: Buffer, value: number, at: number): unknown =>
    order === 'LE' ? target.writeUInt32LE(value, at) : target.writeUInt32BE(value, at);
  write(head, type, 0);
  write(head, padded.length + 12, 4);
  write(tail, padded.length + 12, 0);
  return Buffer.concat([head, padded, tail]);
}

function section(order: 'LE' | 'BE'): Buffer {
  const magic = order === 'LE' ? '4d3c2b1a' : '1a2b3c4d';
  return block(order, 0x0a0d0d0a, Buffer.from(`${magic}01000000ffffffffffffffff`, 'hex'));
}

function secrets(order: 'LE' | 'BE', text: string, type = KEY_LOG): Buffer {
  const head = Buffer.alloc(8);
  if (order === 'LE') {
    head.writeUInt32LE(type, 0);
    head.writeUInt32LE(text.length, 4);
  } else {
    head.writeUInt32BE(type, 0);
    head.writeUInt32BE(text.length, 4);
  }
  return block(order, 10, Buffer.concat([head, Buffer.from(text)]));
}

/** What comes out of the filter, and what it kept, when the bytes come in pieces of these sizes in turn. */
async function filter(bytes: Buffer, sizes: readonly number[]): Promise<{ out: Buffer; logs: string }> {
  const { stream, keyLogs } = createSecretsFilter();
  const parts: Buffer[] = [];
  stream.on('data', (part: Buffer) => parts.push(part));
  const done = new Promise((resolve) => stream.once('end', resolve));
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    stream.write(bytes.subarray(at, at + size));
    at += size;
  }
  stream.end();
  await done;
  return { out: Buffer.concat(parts), logs: keyLogs().toString('utf8') };
}

const anySizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });

describe('createSecretsFilter', () => {
  it.each(['LE', 'BE'] as const)('takes key logs out of a %s pcapng, however it is cut', async (order) => {
    const packet = block(order, 6, Buffer.from('a packet that is kept'));
    const bytes = Buffer.concat([
      section(order),
      secrets(order, 'CLIENT_RANDOM aa bb\n'),
      packet,
      secrets(order, 'RSA cc dd\n'),
      packet,
    ]);
    await fc.assert(
      fc.asyncProperty(anySizes, async (sizes) => {
        const { out, logs } = await filter(bytes, sizes);
        expect(logs).toBe('CLIENT_RANDOM aa bb\n\nRSA cc dd\n');
        expect(out.length).toBe(bytes.length);
        expect(out.includes('CLIENT_RANDOM') || out.includes('RSA')).toBe(false);
        const [first, second] = [bytes.indexOf(packet), bytes.lastIndexOf(packet)];
        expect(out.subarray(first, first + packet.length).equals(packet)).toBe(true);
        expect(out.subarray(second).equals(packet)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('blanks secrets of other programs too, and those whose length lies', async () => {
    const lying = secrets('LE', 'SECRET of SSH', 0x5353484b);
    lying.writeUInt32LE(1, 12);
    const { out, logs } = await filter(Buffer.concat([section('LE'), lying]), [1000]);
    expect(out.includes('SECRET')).toBe(false);
    expect(logs).toBe('');
  });

  it('follows a section of the other byte order', async () => {
    const bytes = Buffer.concat([
      section('LE'),
      section('BE'),
      secrets('BE', 'SECRET'),
      section('LE'),
      secrets('LE', 'SECRET'),
    ]);
    const { out, logs } = await filter(bytes, [7]);
    expect(out.includes('SECRET')).toBe(false);
    expect(logs).toBe('SECRET\nSECRET');
  });

  it('leaves everything else as it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), anySizes, async (bytes, sizes) => {
        const { out } = await filter(Buffer.from(bytes), sizes);
        expect(out.equals(Buffer.from(bytes))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('leaves a pcapng that breaks off or goes wrong as long as it was', async () => {
    const whole = Buffer.concat([section('LE'), secrets('LE', 'SECRET'), block('LE', 6, Buffer.alloc(40))]);
    for (let length = 0; length <= whole.length; length += 1) {
      expect((await filter(whole.subarray(0, length), [5])).out.length).toBe(length);
    }
    const wrong = Buffer.concat([section('LE'), Buffer.from('0600000003000000', 'hex'), Buffer.alloc(50, 7)]);
    expect((await filter(wrong, [9])).out.equals(wrong)).toBe(true);
  });
});
