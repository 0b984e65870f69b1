import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { revealed } from '../../../../core/keys/secret.ts';
import { parseCrypto, readCryptoLines } from '../../../../core/media/srtp/parse-crypto.ts';

const KEY = 'WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz';

describe('an a=crypto line', () => {
  it('gives key and salt, which print as nothing', () => {
    const line = parseCrypto(`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|2^20|1:4`);
    const [key] = line.keys;
    expect(line).toMatchObject({ tag: 1, suite: 'AES_CM_128_HMAC_SHA1_80', problem: '' });
    expect(key?.mki).toEqual(Uint8Array.of(0, 0, 0, 1));
    const bytes = Buffer.from(KEY, 'base64');
    expect(key === undefined ? '' : Buffer.from(revealed(key.key)).toString('hex')).toBe(
      bytes.subarray(0, 16).toString('hex'),
    );
    expect(key === undefined ? '' : Buffer.from(revealed(key.salt)).toString('hex')).toBe(
      bytes.subarray(16).toString('hex'),
    );
    for (const text of [
      inspect(line, { depth: 9, showHidden: true }),
      JSON.stringify(line),
      String(key?.key),
    ])
      expect(text).not.toContain(KEY.slice(0, 12));
    expect(inspect(line, { depth: 9 })).toContain('[secret]');
  });

  it('may hold several keys, and parameters', () => {
    const line = parseCrypto(
      `2 AES_CM_128_HMAC_SHA1_32 inline:${KEY}|1:1;inline:${KEY}|2^31|2:1 KDR=2 UNENCRYPTED_SRTP FEC_ORDER=SRTP_FEC`,
    );
    expect(line.keys).toHaveLength(2);
    expect(line.keys[1]).toMatchObject({ derivationRate: 4, encrypted: false, mki: Uint8Array.of(2) });
  });

  it.each([
    ['1 F8_128_HMAC_SHA1_80 inline:' + KEY, 'the suite F8_128_HMAC_SHA1_80 is not supported'],
    ['1 AES_CM_128_HMAC_SHA1_80 inline:AAAA', 'its key is not readable'],
    ['1 AES_CM_128_HMAC_SHA1_80 uri:somewhere', 'its key is not readable'],
    ['1 AES_CM_128_HMAC_SHA1_80 inline:' + KEY + ' UNAUTHENTICATED_SRTP', 'its packets carry no tag'],
    ['', 'the suite  is not supported'],
  ])('that gives no key says why: %s', (value, problem) => {
    const line = parseCrypto(value);
    expect(line.keys).toEqual([]);
    expect(line.problem).toContain(problem);
    expect(line.problem).not.toContain(KEY);
  });

  it('belongs to its section, or to all where it stands before the first', () => {
    const line = (tag: number): string => `a=crypto:${tag} AES_CM_128_HMAC_SHA1_80 inline:${KEY}`;
    const sections = readCryptoLines(
      ['v=0', line(9), 'm=audio 1 RTP/SAVP 0', line(1), line(2), 'm=video 2 RTP/SAVP 96', 'a=sendrecv'].join(
        '\r\n',
      ),
    );
    expect(sections.map((lines) => lines.map(({ tag }) => tag))).toEqual([[1, 2], [9]]);
  });
});
