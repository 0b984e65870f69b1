import { readFileSync } from 'node:fs';

/** Packets that libsrtp protected with one key, and that key with its salt as a=crypto has it. */
export function libsrtpPackets(
  suite: string,
  fromRollover: number,
): { readonly key: string; readonly packets: readonly Uint8Array[] } {
  const text = readFileSync(new URL('../vectors/srtp/libsrtp.txt', import.meta.url), 'utf8');
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  const chosen = lines.filter(
    ([name, , mki, rollover, kind]) =>
      name === suite &&
      mki === '-' &&
      kind === 'rtp' &&
      Number(rollover) >= fromRollover &&
      Number(rollover) < fromRollover + 2,
  );
  return {
    key: Buffer.from(chosen[0]?.[1] ?? '', 'hex').toString('base64'),
    packets: chosen.map(([, , , , , packet]) => Uint8Array.from(Buffer.from(packet ?? '', 'hex'))),
  };
}

/** A session description of one audio stream, with further attributes. */
export function audioSdp(
  address: string,
  port: number,
  protocol: string,
  attributes: readonly string[],
): string {
  return [
    'v=0',
    `o=- 1 1 IN IP4 ${address}`,
    's=-',
    `c=IN IP4 ${address}`,
    't=0 0',
    `m=audio ${port} ${protocol} 0`,
    ...attributes.map((attribute) => `a=${attribute}`),
    '',
  ].join('\r\n');
}

/** An INVITE, or with a status its response, that carries a description. */
export function sipWithSdp(status: number | null, sdp: string): Uint8Array {
  return Buffer.from(
    [
      status === null ? 'INVITE sip:b@192.0.2.2 SIP/2.0' : `SIP/2.0 ${status} OK`,
      'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKmedia',
      'From: <sip:a@192.0.2.1>;tag=1',
      'To: <sip:b@192.0.2.2>',
      'Call-ID: media@192.0.2.1',
      'CSeq: 1 INVITE',
      'Content-Type: application/sdp',
      `Content-Length: ${sdp.length}`,
      '',
      sdp,
    ].join('\r\n'),
  );
}

export interface MadeDatagram {
  /** Last byte of 192.0.2.x, and the port. */
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly payload: Uint8Array;
}

/** A pcap file of UDP datagrams over Ethernet, 20 ms apart. */
export function pcapOf(datagrams: readonly MadeDatagram[]): Buffer {
  const header = Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex');
  return Buffer.concat([header, ...datagrams.map(frameOf)]);
}

function frameOf({ from, to, payload }: MadeDatagram, index: number): Buffer {
  const frame = Buffer.alloc(16 + 14 + 20 + 8 + payload.length);
  frame.writeUInt32LE(1_700_000_000 + Math.floor(index / 50), 0);
  frame.writeUInt32LE((index % 50) * 20_000, 4);
  frame.writeUInt32LE(frame.length - 16, 8);
  frame.writeUInt32LE(frame.length - 16, 12);
  frame.writeUInt16BE(0x0800, 28);
  frame.writeUInt16BE(0x4500, 30);
  frame.writeUInt16BE(28 + payload.length, 32);
  frame.writeUInt16BE(0x4011, 38);
  frame.set([192, 0, 2, from[0], 192, 0, 2, to[0]], 42);
  frame.writeUInt16BE(from[1], 50);
  frame.writeUInt16BE(to[1], 52);
  frame.writeUInt16BE(8 + payload.length, 54);
  frame.set(payload, 58);
  return frame;
}
