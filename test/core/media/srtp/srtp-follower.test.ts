import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseHex } from '../../../../core/bytes/hex.ts';
import { Secret } from '../../../../core/keys/secret.ts';
import { decodeRtpHeader, newRtpHeader } from '../../../../core/media/rtp/decode-rtp.ts';
import { profileOfSuite } from '../../../../core/media/srtp/profiles.ts';
import { SrtpFollower } from '../../../../core/media/srtp/srtp-follower.ts';
import { SrtpOpener } from '../../../../core/media/srtp/srtp-opener.ts';
import { createNodeBackend } from '../../../../core/node/crypto-backend.ts';

interface Packet {
  readonly rollover: number;
  readonly kind: string;
  readonly bytes: Uint8Array;
}

/** Runs of packets with one key, as test/vectors/srtp/make-libsrtp-vectors.c made them. */
const RUNS = (() => {
  const runs = new Map<string, { suite: string; key: string; mki: string; packets: Packet[] }>();
  const text = readFileSync(new URL('../../../vectors/srtp/libsrtp.txt', import.meta.url), 'utf8');
  for (const line of text.trim().split('\n')) {
    const [suite = '', key = '', mki = '', rollover = '', kind = '', packet = ''] = line.split(' ');
    const far = Number(rollover) >= 700 ? 'far' : '';
    const id = `${suite} ${mki} ${far}`;
    const run = runs.get(id) ?? { suite, key, mki, packets: [] };
    runs.set(id, run);
    run.packets.push({ rollover: Number(rollover), kind, bytes: bytesOf(packet) });
  }
  return [...runs];
})();

function bytesOf(hex: string): Uint8Array {
  const parsed = parseHex(hex);
  if (parsed === null) throw new Error('not hexadecimal');
  return parsed;
}

function openerOf(suite: string, key: string, mki: string, change = 0): SrtpOpener {
  const profile = profileOfSuite(suite);
  if (profile === null) throw new Error(`no profile ${suite}`);
  const bytes = bytesOf(key);
  bytes[0] = bytes[0]! ^ change;
  return SrtpOpener.of(createNodeBackend(), {
    profile,
    key: new Secret(bytes.slice(0, profile.keyLength)),
    salt: new Secret(bytes.slice(profile.keyLength, profile.keyLength + profile.saltLength)),
    mki: mki === '-' ? new Uint8Array(0) : bytesOf(mki),
    derivationRate: 0,
    encrypted: true,
  });
}

/** Payload of packet i of the run, i from 1. */
function payload(i: number): Uint8Array {
  return Uint8Array.from({ length: 20 }, (_, k) => 31 * i + 7 * k);
}

function follow(follower: SrtpFollower, bytes: Uint8Array): Uint8Array | null {
  const header = newRtpHeader();
  expect(decodeRtpHeader(bytes, 0, bytes.length, header)).toBe(true);
  const opened = follower.open(bytes, 0, bytes.length, header, true);
  // A backend may answer with a Buffer.
  return opened === null ? null : Uint8Array.from(opened);
}

describe('packets that libsrtp protected', () => {
  it.each(RUNS)('%s', (_, { suite, key, mki, packets }) => {
    const opener = openerOf(suite, key, mki);
    const rtp = packets.filter(({ kind }) => kind === 'rtp');
    const follower = new SrtpFollower(
      [
        { opener: openerOf(suite, key, mki, 1), likely: false },
        { opener, likely: true },
      ],
      { likely: 10_000, others: 10_000 },
    );
    rtp.forEach(({ bytes }, index) => expect(follow(follower, bytes)).toEqual(payload(index + 1)));
    expect(follower).toMatchObject({ authenticated: 12, failed: 0, opened: 1 });
    expect(follower.firstRollover).toBe(rtp[0]?.rollover);

    const control = packets.filter(({ kind }) => kind === 'rtcp');
    expect(control.length % 2).toBe(0);
    for (const { bytes } of control) {
      const plain = opener.openControl(bytes, 0, bytes.length);
      expect(Buffer.from(plain ?? []).toString('hex')).toMatch(
        /^80c800061234abcd010203040506070800000009000000(?:06|0c)00000100$/,
      );
      bytes[9] = bytes[9]! ^ 1;
      expect(opener.openControl(bytes, 0, bytes.length)).toBeNull();
    }
  });
});

describe('a follower', () => {
  const [, run] = RUNS[0] ?? ['', null];
  if (run === null) throw new Error('no vectors');
  const packets = run.packets.filter(({ kind }) => kind === 'rtp').map(({ bytes }) => bytes);
  const { suite, key, mki } = run;
  const candidate = { opener: openerOf(suite, key, mki), likely: true };

  it('keeps its counter over loss, disorder and repetition around the wrap of sequence numbers', () => {
    const follower = new SrtpFollower([candidate], { likely: 10_000, others: 10_000 });
    for (const at of [0, 6, 4, 5, 4, 7, 2, 11]) {
      const bytes = packets[at];
      if (bytes === undefined) throw new Error('too few packets');
      expect(follow(follower, bytes)).toEqual(payload(at + 1));
    }
    expect(follower.failed).toBe(0);
  });

  it('counts an altered packet and goes on', () => {
    const follower = new SrtpFollower([candidate], { likely: 10_000, others: 10_000 });
    for (const [at, bytes] of packets.entries()) {
      const sent = bytes.slice();
      if (at === 3) sent[20] = sent[20]! ^ 0x80;
      expect(follow(follower, sent) === null).toBe(at === 3);
    }
    expect(follower).toMatchObject({ authenticated: 11, failed: 1 });
  });

  it('gives up the search for a key that is not there', () => {
    const budget = { likely: 100_000, others: 0 };
    const wrong = { opener: openerOf(suite, key, mki, 0x40), likely: true };
    const follower = new SrtpFollower([wrong], budget);
    for (let round = 0; round < 100; round += 1)
      for (const bytes of packets) expect(follow(follower, bytes)).toBeNull();
    expect(follower.failed).toBe(1200);
    expect(100_000 - budget.likely).toBeLessThan(2200);
  });

  it('tries nothing where the budget is spent', () => {
    const follower = new SrtpFollower([candidate], { likely: 0, others: 10_000 });
    expect(follow(follower, packets[0] ?? new Uint8Array(0))).toBeNull();
  });

  it('takes over another key in the middle of the stream', () => {
    const other = RUNS.find(([id]) => id.startsWith('AES_CM_128_HMAC_SHA1_32'))?.[1];
    if (other === undefined) throw new Error('no vectors');
    const second = { opener: openerOf(other.suite, other.key, other.mki), likely: true };
    const follower = new SrtpFollower([candidate, second], { likely: 10_000, others: 10_000 });
    const later = other.packets.filter(({ kind }) => kind === 'rtp').map(({ bytes }) => bytes);
    for (const bytes of [...packets.slice(0, 4), ...later.slice(4, 8)])
      expect(follow(follower, bytes)).not.toBeNull();
    expect(follower).toMatchObject({ authenticated: 8, failed: 0, keyChanges: 1 });
  });
});
