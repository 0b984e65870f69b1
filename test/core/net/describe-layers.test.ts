import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asciiBytes } from '../../../core/bytes/text.ts';
import { describeLayers } from '../../../core/net/describe-layers.ts';
import type { LayerNode } from '../../../core/net/layer-node.ts';
import { ethernet, frameOf, ipv4, ipv6, join, tcp, u16, u32, u8, udp } from './build-packets.ts';

const HELLO = asciiBytes('hello, world');

function outline(bytes: Uint8Array, linkType = 1, original = bytes.length): string[] {
  return describeLayers(frameOf(bytes, linkType, original)).map(
    (node) => `${node.offset}+${node.length} ${node.label}`,
  );
}

function allNodes(nodes: readonly LayerNode[]): LayerNode[] {
  return nodes.flatMap((node) => [node, ...allNodes(node.children)]);
}

describe('tree', () => {
  test('layers one behind the other, each with its own bytes', () => {
    const bytes = join(
      ethernet(0x8100, u16(0x6005, 0x0800), ipv4({ protocol: 6 }, tcp(HELLO, u8(2, 4, 5, 0xb4)))),
      u32(0),
    );
    expect(outline(bytes)).toEqual([
      '0+78 Frame: 78 bytes on the wire',
      '0+14 Ethernet II, Src: 02:00:00:00:00:01, Dst: 02:00:00:00:00:02',
      '14+4 802.1Q Virtual LAN, ID: 5, priority: 3',
      '18+20 Internet Protocol Version 4, Src: 10.0.0.1, Dst: 10.0.0.2',
      '38+24 Transmission Control Protocol, Src Port: 5061, Dst Port: 40000, [PSH, ACK] Seq: 4294967280, Len: 12',
      '62+12 TCP payload (12 bytes)',
      '74+4 Padding or trailer (4 bytes)',
    ]);
    const labels = allNodes(describeLayers(frameOf(bytes))).map((node) => node.label);
    expect(labels).toContain('Maximum segment size: 1460 bytes');
    expect(labels).toContain('Type: 802.1Q Virtual LAN (0x8100)');
    expect(labels).toContain('Protocol: TCP (6)');
  });

  test('tunnels show both packets', () => {
    const bytes = ethernet(0x86dd, ipv6(47, join(u16(0x2000, 0x0800), u32(7), ipv4({}, udp(HELLO)))));
    expect(outline(bytes).slice(2)).toEqual([
      '14+40 Internet Protocol Version 6, Src: 2001:db8::1, Dst: 2001:db8::2',
      '54+8 Generic Routing Encapsulation, type 0x0800',
      '62+20 Internet Protocol Version 4, Src: 10.0.0.1, Dst: 10.0.0.2',
      '82+8 User Datagram Protocol, Src Port: 5060, Dst Port: 5070',
      '90+12 UDP payload (12 bytes)',
    ]);
  });

  test('a cut frame says how much is missing', () => {
    const whole = ethernet(0x0800, ipv4({ protocol: 6 }, tcp(new Uint8Array(500))));
    expect(outline(whole.subarray(0, 100), 1, whole.length)).toEqual([
      '0+100 Frame: 554 bytes on the wire (cut to 100)',
      '0+14 Ethernet II, Src: 02:00:00:00:00:01, Dst: 02:00:00:00:00:02',
      '14+20 Internet Protocol Version 4, Src: 10.0.0.1, Dst: 10.0.0.2',
      '34+20 Transmission Control Protocol, Src Port: 5061, Dst Port: 40000, [PSH, ACK] Seq: 4294967280, Len: 500',
      '54+46 TCP payload (46 bytes, 454 more not captured)',
    ]);
  });

  test('a malformed layer is said, and nothing is made up of it', () => {
    const whole = ethernet(0x0800, ipv4({ protocol: 6 }, tcp(HELLO)));
    expect(outline(whole.subarray(0, 40), 1, whole.length).slice(3)).toEqual([
      "0+0 [Malformed TCP: The capture holds 6 of the header's 20 bytes.]",
    ]);
  });

  test('fragments are described as such', () => {
    const fragment = join(u8(17, 0), u16(0x0101), u32(0xabc), new Uint8Array(16));
    const nodes = describeLayers(frameOf(ethernet(0x86dd, ipv6(44, fragment))));
    expect(allNodes(nodes).map((node) => node.label)).toContain('Offset: 256, more fragments follow');
    expect(nodes.at(-1)).toMatchObject({ label: 'Fragment (16 bytes)', offset: 62, length: 16 });
  });

  test('cooked, PPPoE, MPLS and SCTP have their fields', () => {
    const sctp = join(u16(1, 2), u32(3, 4), u8(0, 3), u16(20), u32(77), u16(5, 6), u32(0, 0));
    const inPppoe = join(u8(0x11, 0), u16(9, 2 + 20 + sctp.length, 0x0021), ipv4({ protocol: 132 }, sctp));
    const cooked = join(u16(4, 1, 6), new Uint8Array(8), u16(0x8864), inPppoe);
    const labels = allNodes(describeLayers(frameOf(cooked, 113))).map((node) => node.label);
    expect(labels).toContain('Packet type: sent by us (4)');
    expect(labels).toContain('Session: 0x0009');
    expect(labels).toContain('DATA (20 bytes), TSN: 77, stream: 5');
    const mpls = allNodes(
      describeLayers(frameOf(join(u32(0x00010040, 0x00020140), ipv4({}, udp(HELLO))), 219)),
    );
    expect(mpls.map((node) => node.label)).toContain('Label: 32, TTL: 64, bottom');
  });
});

test('whatever the bytes, every node lies within the frame', () => {
  const links = fc.constantFrom(0, 1, 9, 51, 101, 104, 105, 107, 113, 127, 192, 219, 239, 258, 276);
  const shape = ethernet(
    0x8847,
    u32(0x00020140),
    ipv4(
      { protocol: 47 },
      u16(0, 0x6558),
      ethernet(0x86dd, ipv6(0, join(u8(6, 0, 1, 4, 0, 0, 0, 0), tcp(HELLO, new Uint8Array(8))))),
    ),
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 120 }),
    fc.array(fc.tuple(fc.nat(shape.length - 1), fc.nat(255)), { maxLength: 6 }).map((edits) => {
      const edited = shape.slice();
      for (const [at, value] of edits) edited[at] = value;
      return edited;
    }),
  );
  fc.assert(
    fc.property(bytes, links, fc.nat(50), (frame, linkType, beyond) => {
      const nodes = allNodes(describeLayers(frameOf(frame, linkType, frame.length + beyond)));
      expect(nodes.length).toBeLessThan(2000);
      for (const node of nodes) {
        if (node.offset < 0 || node.length < 0 || node.offset + node.length > frame.length)
          throw new Error(node.label);
      }
    }),
    { numRuns: 1500 },
  );
});
