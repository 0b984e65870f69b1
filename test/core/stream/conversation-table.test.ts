import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  PACKET_DATAGRAM,
  PACKET_FRAGMENT,
  PACKET_MALFORMED,
  PACKET_OTHER,
  PACKET_SCTP,
  PACKET_SEGMENT,
  TCP_ACK,
  TCP_FIN,
  TCP_RST,
  TCP_SYN,
} from '../../../core/net/packet.ts';
import {
  ConversationTable,
  ISN_ACKNOWLEDGED,
  ISN_GUESSED,
  ISN_SEEN,
  ISN_UNKNOWN,
} from '../../../core/stream/conversation-table.ts';
import { buildPacket, reply } from './packet-builder.ts';
import type { PacketFields } from './packet-builder.ts';

const SYN = { flags: TCP_SYN };
const SYN_ACK = { flags: TCP_SYN | TCP_ACK };
const payload = new Uint8Array(10);

/** The conversation of each packet in turn; frames count from 1. */
function conversationsOf(table: ConversationTable, packets: readonly PacketFields[]): number[] {
  return packets.map((fields, i) => table.lookup(buildPacket(fields), i + 1));
}

describe('ConversationTable', () => {
  it('joins both directions, and counts each', () => {
    const table = new ConversationTable();
    const there = { sequence: 101, payload };
    const back = reply({ sequence: 7, payload, missing: 5 });
    expect(conversationsOf(table, [{ ...SYN, sequence: 100 }, back, there, there, back])).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect([table.frames.read(0), table.frames.read(1)]).toEqual([3, 2]);
    expect([table.bytes.read(0), table.bytes.read(1)]).toEqual([20, 30]);
    expect([table.firstFrame.read(0), table.lastFrame.read(0)]).toEqual([1, 5]);
    expect(table.direction).toBe(1);
    expect([table.ports.read(0), table.ports.read(1)]).toEqual([5060, 5061]);
    expect([table.addresses.read(0), table.addresses.read(4)]).toEqual([0x0a000001, 0x0a000002]);
    expect(table.openerOf(0)).toBe(0);
  });

  it('tells apart transports, versions of IP, and endpoints that only swap ports', () => {
    const table = new ConversationTable();
    const six: PacketFields = {
      ipVersion: 6,
      source: [0x0a000001, 0, 0, 0],
      destination: [0x0a000002, 0, 0, 0],
    };
    const packets: PacketFields[] = [
      {},
      { kind: PACKET_DATAGRAM },
      { kind: PACKET_SCTP },
      six,
      { ...six, source: [0x0a000001, 0, 0, 1] },
      { sourcePort: 5061, destinationPort: 5060 },
      reply({ sourcePort: 5061, destinationPort: 5060 }),
      reply({}),
    ];
    expect(conversationsOf(table, packets)).toEqual([0, 1, 2, 3, 4, 5, 5, 0]);
  });

  it('ignores words behind an IPv4 address', () => {
    const table = new ConversationTable();
    const stale = { source: [0x0a000001, 7, 8, 9] };
    expect(conversationsOf(table, [{}, stale, reply(stale)])).toEqual([0, 0, 0]);
  });

  it('gives none to what has no ports', () => {
    const table = new ConversationTable();
    for (const kind of [PACKET_OTHER, PACKET_FRAGMENT, PACKET_MALFORMED]) {
      expect(table.lookup(buildPacket({ kind }), 1)).toBe(-1);
    }
    expect(table.length).toBe(0);
  });

  it('keeps one endpoint talking to itself in direction 0', () => {
    const table = new ConversationTable();
    const self: PacketFields = { destination: [0x0a000001], destinationPort: 5060 };
    expect(conversationsOf(table, [self, reply(self)])).toEqual([0, 0]);
    expect(table.frames.read(0)).toBe(2);
  });

  describe('begins another conversation on the same ports', () => {
    const CASES: readonly (readonly [string, readonly PacketFields[], readonly number[]])[] = [
      [
        'at a SYN with another number',
        [
          { ...SYN, sequence: 100 },
          { ...SYN, sequence: 5000 },
          reply({ ...SYN_ACK, sequence: 9, acknowledgement: 5001 }),
        ],
        [0, 1, 1],
      ],
      [
        'at bytes far from a connection that both sides have ended',
        [
          { sequence: 101, payload },
          { sequence: 111, flags: TCP_FIN },
          reply({ sequence: 7, flags: TCP_FIN }),
          { sequence: 101, payload },
          reply({ sequence: 8 }),
          { sequence: 90_000_000, payload },
          reply({ sequence: 4_000_000_000, payload }),
          { sequence: 90_000_010, payload },
        ],
        [0, 0, 0, 0, 0, 1, 1, 1],
      ],
      [
        'not at such bytes while one side may still send',
        [
          { sequence: 101, payload },
          { sequence: 111, flags: TCP_FIN },
          { sequence: 90_000_000, payload },
        ],
        [0, 0, 0],
      ],
      [
        'not at a SYN sent again',
        [
          { ...SYN, sequence: 100 },
          { ...SYN, sequence: 100 },
        ],
        [0, 0],
      ],
      [
        'not at a SYN sent again after it was refused',
        [
          { ...SYN, sequence: 1 },
          reply({ flags: TCP_RST | TCP_ACK, acknowledgement: 2 }),
          { ...SYN, sequence: 1 },
        ],
        [0, 0, 0],
      ],
      [
        'at a SYN from the side that answered before',
        [
          { ...SYN, sequence: 100 },
          reply({ ...SYN_ACK, sequence: 500, acknowledgement: 101 }),
          { sequence: 101, payload },
          reply({ ...SYN, sequence: 700 }),
        ],
        [0, 0, 0, 1],
      ],
      [
        'at a SYN in a connection that was joined mid-way',
        [
          { sequence: 1_000_000, payload },
          { ...SYN, sequence: 77 },
        ],
        [0, 1],
      ],
      [
        'at a SYN of the side of which nothing was seen mid-way',
        [{ sequence: 1_000_000, payload }, reply({ ...SYN, sequence: 77 })],
        [0, 1],
      ],
      [
        'at a SYN+ACK that answers a SYN not captured',
        [
          { ...SYN, sequence: 100 },
          reply({ ...SYN_ACK, sequence: 500, acknowledgement: 101 }),
          reply({ ...SYN_ACK, sequence: 9000, acknowledgement: 4_000_000 }),
        ],
        [0, 0, 1],
      ],
      [
        'not at a SYN+ACK that answers this SYN with another number',
        [
          { ...SYN, sequence: 100 },
          reply({ ...SYN_ACK, sequence: 500, acknowledgement: 101 }),
          reply({ ...SYN_ACK, sequence: 9000, acknowledgement: 101 }),
        ],
        [0, 0, 0],
      ],
      [
        'not at a SYN captured after its own first segment',
        [
          { sequence: 101, payload },
          { ...SYN, sequence: 100 },
          { sequence: 111, payload },
        ],
        [0, 0, 0],
      ],
      [
        'not at a SYN captured after segments that themselves changed places',
        [
          { sequence: 1001, payload },
          { sequence: 101, payload },
          { ...SYN, sequence: 100 },
        ],
        [0, 0, 0],
      ],
      [
        'not at a SYN+ACK captured after such a segment',
        [
          { sequence: 1001, payload },
          reply({ ...SYN_ACK, sequence: 500, acknowledgement: 101 }),
          { sequence: 101, payload },
        ],
        [0, 0, 0],
      ],
      [
        'not at a SYN captured after the answer to it',
        [
          reply({ ...SYN_ACK, sequence: 500, acknowledgement: 101 }),
          { ...SYN, sequence: 100 },
          { sequence: 101 },
        ],
        [0, 0, 0],
      ],
      [
        'not at a SYN with data captured after the answer to both',
        [
          reply({ ...SYN_ACK, sequence: 500, acknowledgement: 111 }),
          { ...SYN, sequence: 100, payload },
          { sequence: 111, payload },
        ],
        [0, 0, 0],
      ],
      [
        'not where the answer acknowledges data of the SYN',
        [{ ...SYN, sequence: 100, payload }, reply({ ...SYN_ACK, sequence: 500, acknowledgement: 111 })],
        [0, 0],
      ],
      [
        'not where both sides open at once',
        [
          { ...SYN, sequence: 100 },
          reply({ ...SYN, sequence: 500 }),
          { ...SYN_ACK, sequence: 100, acknowledgement: 501 },
          reply({ ...SYN_ACK, sequence: 500, acknowledgement: 101 }),
        ],
        [0, 0, 0, 0],
      ],
      [
        'not where the sequence number wraps',
        [
          { ...SYN, sequence: 0xffffffff },
          reply({ ...SYN_ACK, sequence: 0xffffffff, acknowledgement: 0 }),
          { sequence: 0, payload },
          { ...SYN, sequence: 0xffffffff },
        ],
        [0, 0, 0, 0],
      ],
    ];
    it.each(CASES)('%s', (_name, packets, expected) => {
      expect(conversationsOf(new ConversationTable(), packets)).toEqual(expected);
    });
  });

  it('says how each initial number is known', () => {
    const table = new ConversationTable();
    table.lookup(buildPacket(reply({ ...SYN_ACK, sequence: 0, acknowledgement: 0 })), 1);
    expect(table.isnKnowledge(0, 0)).toBe(ISN_SEEN);
    expect(table.isnKnowledge(0, 1)).toBe(ISN_ACKNOWLEDGED);
    expect(table.isn.read(1)).toBe(0xffffffff);
    expect(table.openerOf(0)).toBe(1);
    table.lookup(buildPacket({ sourcePort: 9, sequence: 44, payload }), 2);
    expect(table.isnKnowledge(1, 0)).toBe(ISN_GUESSED);
    expect(table.isnKnowledge(1, 1)).toBe(ISN_GUESSED);
    expect(table.isn.read(2)).toBe(43);
    table.lookup(buildPacket({ ...SYN, sourcePort: 10, sequence: 70 }), 3);
    expect(table.isnKnowledge(2, 1)).toBe(ISN_UNKNOWN);
    // Of the opener's segments only the first acknowledges nothing but a SYN.
    table.lookup(buildPacket({ sourcePort: 10, sequence: 75, acknowledgement: 900, payload }), 4);
    expect(table.isnKnowledge(2, 1)).toBe(ISN_UNKNOWN);
    table.lookup(buildPacket({ sourcePort: 10, sequence: 71, acknowledgement: 801 }), 5);
    expect(table.isnKnowledge(2, 1)).toBe(ISN_ACKNOWLEDGED);
    expect(table.isn.read(5)).toBe(800);
    expect(table.openerOf(1)).toBe(-1);
  });

  it('remembers the first frame of each flag', () => {
    const table = new ConversationTable();
    const packets = [
      { ...SYN, sequence: 1 },
      { ...SYN, sequence: 1 },
      reply({ ...SYN_ACK, sequence: 5, acknowledgement: 2 }),
      { flags: TCP_FIN | TCP_ACK, sequence: 2 },
      { flags: TCP_FIN | TCP_ACK, sequence: 2 },
      reply({ flags: TCP_RST, sequence: 6 }),
      reply({ flags: TCP_RST, sequence: 6 }),
    ];
    conversationsOf(table, packets);
    expect([table.synFrame.read(0), table.synFrame.read(1)]).toEqual([1, 3]);
    expect([table.finFrame.read(0), table.finFrame.read(1)]).toEqual([4, 0]);
    expect([table.rstFrame.read(0), table.rstFrame.read(1)]).toEqual([0, 6]);
  });

  it('finds what a map of sorted endpoints finds', () => {
    const endpoint = fc.record({
      address: fc.integer({ min: 1, max: 4 }),
      port: fc.integer({ min: 1, max: 3 }),
    });
    const kind = fc.constantFrom(PACKET_SEGMENT, PACKET_DATAGRAM);
    const version = fc.constantFrom(4 as const, 6 as const);
    const packets = fc.array(fc.tuple(kind, version, endpoint, endpoint), { maxLength: 100 });
    fc.assert(
      fc.property(packets, fc.integer(), (list, seed) => {
        const table = new ConversationTable(seed);
        const map = new Map<string, number>();
        for (const [k, ipVersion, a, b] of list) {
          const ends = [`${a.address}:${a.port}`, `${b.address}:${b.port}`];
          const key = `${k} ${ipVersion} ${ends.toSorted().join(' ')}`;
          const known = map.get(key);
          const fields = {
            kind: k,
            ipVersion,
            source: [0, 0, 0, a.address].slice(ipVersion === 4 ? 3 : 0),
            destination: [0, 0, 0, b.address].slice(ipVersion === 4 ? 3 : 0),
            sourcePort: a.port,
            destinationPort: b.port,
          };
          const conversation = table.lookup(buildPacket(fields), 1);
          expect(conversation).toBe(known ?? map.size);
          expect(table.created).toBe(known === undefined);
          map.set(key, conversation);
          expect(table.ports.read(2 * conversation + table.direction)).toBe(a.port);
        }
      }),
    );
  });

  it('stands a scan of a million ports at about a hundred bytes each', () => {
    const table = new ConversationTable();
    const packet = buildPacket({ flags: TCP_SYN, sequence: 1 });
    for (let i = 0; i < 1_000_000; i++) {
      packet.addresses[4] = i >>> 16;
      packet.destinationPort = i & 0xffff;
      if (table.lookup(packet, i + 1) !== i) throw new Error(`conversation ${i} is taken for another`);
    }
    packet.addresses[4] = 0;
    packet.destinationPort = 77;
    expect(table.lookup(packet, 1_000_001)).toBe(77);
    expect(table.byteLength / 1_000_000).toBeLessThan(130);
  });
});
