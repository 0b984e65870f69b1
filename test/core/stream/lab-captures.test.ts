/**
 * Captures of real endpoints, some of them damaged afterwards by editing the same two connections: so the bytes of the
 * damaged ones must be those of the sound ones. Frame numbers and kinds agree with tshark 4.0.17's tcp.stream,
 * tcp.analysis.retransmission, tcp.analysis.keep_alive and follow,tcp,raw, but where the comment says otherwise.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { STEP_FRAME } from '../../../core/capture/frame.ts';
import { openCaptureReader } from '../../../core/capture/open-capture.ts';
import { PacketDecoder } from '../../../core/net/decode-packet.ts';
import { ConversationTable } from '../../../core/stream/conversation-table.ts';
import { SEGMENT_DUPLICATE, SEGMENT_KEEP_ALIVE } from '../../../core/stream/events.ts';
import type { StreamStatistics } from '../../../core/stream/stream-statistics.ts';
import { TcpStreams } from '../../../core/stream/tcp-streams.ts';
import { StreamRecorder } from './stream-recorder.ts';
import type { RecordedDirection } from './stream-recorder.ts';

interface Streams {
  readonly recorders: Map<number, StreamRecorder>;
  readonly statistics: Map<number, readonly [StreamStatistics, StreamStatistics]>;
  readonly conversations: ConversationTable;
  /** Conversation by frame, from 1. */
  readonly conversationOf: number[];
  /** Frames that repeat others, with the frame they repeat; and keep-alives. */
  readonly duplicates: [number, number][];
  readonly keepAlives: number[];
  readonly file: Uint8Array;
}

function readStreams(name: string): Streams {
  const file = new Uint8Array(readFileSync(new URL(`../../captures/${name}.pcap`, import.meta.url)));
  const reader = openCaptureReader(file);
  if ('sentence' in reader) throw new Error(reader.sentence);
  const decoder = new PacketDecoder();
  const conversations = new ConversationTable();
  const recorders: Streams['recorders'] = new Map();
  const statistics: Streams['statistics'] = new Map();
  const streams = new TcpStreams(conversations, {
    sinkOf(conversation) {
      const recorder = new StreamRecorder();
      recorders.set(conversation, recorder);
      return recorder;
    },
    settled(conversation, reassembler) {
      statistics.set(conversation, [reassembler.statisticsOf(0), reassembler.statisticsOf(1)]);
    },
  });
  const result: Streams = {
    recorders,
    statistics,
    conversations,
    conversationOf: [-1],
    duplicates: [],
    keepAlives: [],
    file,
  };
  let frame = 0;
  for (let at = 0; at < file.length; at += reader.consumed) {
    const step = reader.step(file, at, file.length, at);
    if (reader.consumed === 0) break;
    if (step !== STEP_FRAME) continue;
    frame++;
    decoder.decode(reader.frame, frame);
    const conversation = conversations.lookup(decoder.packet, frame);
    result.conversationOf.push(conversation);
    if (conversation < 0) continue;
    const kind = streams.segment(conversation, conversations.direction, decoder.packet, frame);
    if (kind === SEGMENT_DUPLICATE) result.duplicates.push([frame, streams.duplicateOf]);
    if (kind === SEGMENT_KEEP_ALIVE) result.keepAlives.push(frame);
  }
  streams.end(frame);
  return result;
}

function only(streams: Streams): readonly [RecordedDirection, RecordedDirection] {
  const recorder = streams.recorders.get(0);
  if (recorder === undefined || streams.recorders.size !== 1) throw new Error('not one conversation');
  return recorder.directions;
}

const values = (direction: RecordedDirection): (number | null)[] =>
  direction.bytes.map((byte) => byte?.value ?? null);

const CBC = '01-tls12-rsa-aes256-sha';
const GCM = '01-tls12-rsa-aes128-gcm-sha256';

describe('streams of lab captures', () => {
  it('hold the bytes that the endpoints sent', () => {
    const [client, server] = only(readStreams(CBC));
    expect([client.bytes.length, server.bytes.length]).toEqual([3200, 4132]);
    expect([client.closed?.by, server.closed?.by]).toEqual(['fin', 'fin']);
    // A ClientHello and a ServerHello.
    expect(values(client).slice(0, 6)).toEqual([22, 3, 1, 0, 137, 1]);
    expect(values(server).slice(0, 3)).toEqual([22, 3, 3]);
  });

  const same: readonly (readonly [string, string])[] = [
    ['09-out-of-order-cbc', CBC],
    ['09-split-and-reversed-cbc', CBC],
    ['09-overlapping-cbc', CBC],
    ['11-ip-fragments', CBC],
    ['11-ip-fragments-reversed', CBC],
    ['09-split-and-reversed-gcm', GCM],
    ['09-every-packet-twice-gcm', GCM],
    ['09-duplicated-packets-gcm', GCM],
    ['09-retransmissions-gcm', GCM],
  ];
  it.each(same)('%s has all bytes of %s, each where the file has it', (name, sound) => {
    const streams = readStreams(name);
    const directions = only(streams);
    only(readStreams(sound)).forEach((direction, i) => {
      const damaged = directions[i];
      if (damaged === undefined) throw new Error('no direction');
      expect(values(damaged)).toEqual(values(direction));
      expect(damaged.gaps).toEqual([]);
      expect(damaged.bytes.every((byte) => byte !== null && streams.file[byte.offset] === byte.value)).toBe(
        true,
      );
      expect(damaged.closed?.by).toBe('fin');
    });
    expect(streams.statistics.get(0)?.map((side) => side.differingSegments)).toEqual([0, 0]);
  });

  const lost: readonly (readonly [string, string, readonly [number, number, number, number][], 0 | 1])[] = [
    ['09-lost-clienthello-cbc', CBC, [[0, 142, 0, 7]], 0],
    ['09-lost-appdata-client-gcm', GCM, [[1399, 352, 12, 15]], 0],
    ['09-lost-serverhello-gcm', GCM, [[0, 963, 0, 8]], 1],
    // No frame of one side at all: what the other side acknowledged, without the FIN.
    ['09-oneway-client-cbc', CBC, [[0, 4132, 0, 0]], 1],
    ['09-oneway-server-cbc', CBC, [[0, 3200, 0, 0]], 0],
  ];
  it.each(lost)('%s lacks of %s exactly what was taken out', (name, sound, gaps, side) => {
    const streams = readStreams(name);
    const [recorder] = streams.recorders.values();
    // Where the client's frames are missing, the server is the first to be seen.
    const turned = name === '09-oneway-server-cbc';
    only(readStreams(sound)).forEach((direction, i) => {
      const damaged = recorder?.directions[turned ? 1 - i : i];
      if (damaged === undefined) throw new Error('no direction');
      const expected = values(direction);
      for (const [position, length] of i === side ? gaps : [])
        expected.fill(null, position, position + length);
      expect(values(damaged)).toEqual(expected);
      const known = i === side ? gaps : [];
      expect(damaged.gaps).toEqual(
        known.map(([position, length, before, after]) => ({
          position,
          length,
          reason: 'lost',
          before,
          after,
        })),
      );
    });
  });

  it.each(['09-snaplen400-cbc', '09-snaplen96-cbc'])('%s has gaps only where frames were cut', (name) => {
    const streams = readStreams(name);
    const directions = only(streams);
    only(readStreams(CBC)).forEach((direction, i) => {
      const cut = values(directions[i] ?? direction);
      const sound = values(direction);
      expect(cut.length).toBe(sound.length);
      expect(cut.every((value, k) => value === null || value === sound[k])).toBe(true);
      expect(directions[i]?.gaps.every((gap) => gap.reason === 'snapped')).toBe(true);
      const missing = cut.filter((value) => value === null).length;
      expect(missing).toBe(streams.statistics.get(0)?.[i === 0 ? 0 : 1].snappedBytes);
      expect(missing).toBeGreaterThan(500);
    });
  });

  it('tell frames that repeat others', () => {
    expect(readStreams('09-retransmissions-gcm').duplicates).toEqual([
      [14, 10],
      [19, 15],
      [24, 20],
      [29, 25],
    ]);
    const twice = readStreams('09-every-packet-twice-gcm');
    expect(twice.duplicates).toHaveLength(19);
    expect(twice.duplicates.every(([frame, repeated]) => repeated === frame - 1)).toBe(true);
    expect(twice.statistics.get(0)?.map((side) => side.duplicateSegments)).toEqual([10, 9]);
    // tshark calls frames 16 and 24 retransmissions, though their bytes come for the first time.
    expect(readStreams('09-out-of-order-cbc').duplicates).toEqual([]);
  });

  it('tell keep-alives, and who ended the connection', () => {
    expect(readStreams('09-keepalive').keepAlives).toEqual([15, 17, 19]);
    const halfclose = only(readStreams('09-halfclose'));
    expect(halfclose.map((direction) => direction.closed?.by)).toEqual(['fin', 'rst']);
    expect(halfclose[1].bytes.length).toBe(2101);
  });

  it('begin at the first byte captured where the connection was there before', () => {
    const streams = readStreams('04-question-63f-beside-10');
    const sizes = [...streams.recorders.values()].map(({ directions }) =>
      directions.map(({ bytes }) => bytes.length),
    );
    expect(sizes).toEqual([
      [2119, 2201],
      [2767, 3474],
    ]);
    // Application data from the first byte on in the one, a handshake in the other.
    const first = [...streams.recorders.values()].map(({ directions }) => directions[0].bytes[0]?.value);
    expect(first).toEqual([23, 22]);
    expect(streams.conversations.openerOf(0)).toBe(-1);
    expect(streams.conversations.openerOf(1)).toBe(0);
  });
});
