import { describe, expect, it } from 'vitest';
import { looksLikeCapture, sortFiles } from '../../../renderer/model/dropped-files.ts';

const head = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

describe('sortFiles', () => {
  it.each(['d4c3b2a1', 'a1b2c3d4', '4d3cb2a1', '0a0d0d0a', '1f8b08', '736e6f6f70'])(
    'knows a capture by %s',
    (hex) => {
      expect(looksLikeCapture(head(hex), 'no-ending')).toBe(true);
    },
  );
  it('believes the name where the content says nothing', () => {
    expect(looksLikeCapture(head(''), 'empty.pcapng')).toBe(true);
    expect(looksLikeCapture(head(''), 'ring_00012.pcap3')).toBe(true);
    expect(looksLikeCapture(head('2d2d2d2d2d'), 'server.pem')).toBe(false);
    expect(looksLikeCapture(head('3082'), 'server.pfx')).toBe(false);
  });
  it('goes by names where it is packed', () => {
    const hexOf = (text: string): string =>
      Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, '0')).join('');
    const zip = (name: string): Uint8Array<ArrayBuffer> =>
      head(`504b0304${'00'.repeat(22)}${name.length.toString(16).padStart(2, '0')}000000${hexOf(name)}`);
    expect(looksLikeCapture(head('1f8b08'), 'keys.log.gz')).toBe(false);
    expect(looksLikeCapture(head('1f8b08'), 'trace.pcap.gz')).toBe(true);
    expect(looksLikeCapture(zip('traces/one.pcap'), 'ticket-4711.zip')).toBe(true);
    expect(looksLikeCapture(zip('certs/server.key'), 'export.zip')).toBe(false);
    expect(looksLikeCapture(zip('certs/'), 'pbx.pfx.zip')).toBe(false);
  });
  it('sorts what was dropped together', async () => {
    const capture = new File([head('d4c3b2a1')], 'trace');
    const key = new File(['-----BEGIN PRIVATE KEY-----'], 'key.pem');
    const sorted = await sortFiles([key, capture]);
    expect(sorted.captures).toEqual([capture]);
    expect(sorted.keys).toEqual([key]);
  });
});
