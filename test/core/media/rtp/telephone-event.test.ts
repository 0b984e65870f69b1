import { describe, expect, it } from 'vitest';
import { ToneReader } from '../../../../core/media/rtp/telephone-event.ts';

function send(reader: ToneReader, event: number, timestamp: number, duration: number, end = false): void {
  const payload = Uint8Array.of(event, (end ? 0x80 : 0) | 10, duration >> 8, duration & 0xff);
  reader.add(payload, 0, 4, timestamp, 1, 0);
}

function digits(reader: ToneReader): string[] {
  return reader.tones.map(({ digit }) => digit);
}

describe('telephone events', () => {
  it('are one digit for all packets of one time stamp, its end sent three times', () => {
    const reader = new ToneReader();
    for (let packet = 1; packet <= 5; packet += 1) send(reader, 5, 1000, 160 * packet);
    for (let packet = 0; packet < 3; packet += 1) send(reader, 5, 1000, 960, true);
    send(reader, 5, 9000, 160);
    send(reader, 11, 20_000, 160);
    send(reader, 16, 30_000, 160);
    send(reader, 40, 40_000, 160);
    expect(digits(reader)).toEqual(['5', '5', '#', 'flash', 'event 40']);
  });

  it('go on in segments where they last longer than the field can say', () => {
    const reader = new ToneReader();
    send(reader, 1, 0, 0xffff);
    send(reader, 1, 0xffff, 160);
    expect(digits(reader)).toEqual(['1']);
    send(reader, 1, 0xffff, 320, true);
    send(reader, 1, 0xffff + 320, 160);
    expect(digits(reader)).toEqual(['1', '1']);
  });

  it('are not read out of too few bytes', () => {
    const reader = new ToneReader();
    reader.add(Uint8Array.of(1, 2, 3), 0, 3, 0, 1, 0);
    expect(reader.tones).toEqual([]);
  });
});
