import { CLIENT, SERVER } from '../tls/handshake.ts';
import type { FindingContext, Found } from './finding-context.ts';
import { sizeOfHoles } from './hole.ts';
import { betweenFrames, frameLink, rich } from './rich-text.ts';

/** Bytes of this conversation that the capture lost. */
export function findPacketsLost(c: FindingContext): Found[] {
  const holes = c.holes.filter((hole) => !hole.snapped);
  const first = holes[0];
  // Where one side is missing as a whole, that is the finding.
  if (first === undefined || findOneDirection(c).length > 0) return [];
  return [
    {
      severity: 'warning',
      sentence: rich`The capture lost ${sizeOfHoles(holes)} of this conversation in ${holes.length} ${holes.length === 1 ? 'place' : 'places'}, first from the ${first.from}${betweenFrames(first.before, first.after)}. The other side acknowledged them or went on behind them, so they were sent.`,
      frames: holes.slice(0, 10).flatMap((hole) => [hole.before, hole.after].filter((frame) => frame > 0)),
      fix: 'Capture with a larger buffer (tcpdump -B 65536), and on the host itself rather than on a mirror port.',
      confidence: 'certain',
    },
  ];
}

/** Packets of this conversation that were not kept whole. */
export function findSnapped(c: FindingContext): Found[] {
  const holes = c.holes.filter((hole) => hole.snapped);
  const first = holes[0];
  if (first === undefined) return [];
  const bytes = holes.reduce((sum, hole) => sum + hole.bytes, 0);
  return [
    {
      severity: 'warning',
      sentence: rich`The capture cut ${holes.length} ${holes.length === 1 ? 'packet' : 'packets'} of this conversation short, ${bytes} bytes in all, first in ${frameLink(first.before)}.`,
      frames: holes.slice(0, 20).map((hole) => hole.before),
      fix: 'Capture whole packets: tcpdump -s 0, or no limit in Wireshark’s capture options.',
      confidence: 'certain',
    },
  ];
}

/** Only one side's packets are here. */
export function findOneDirection(c: FindingContext): Found[] {
  const { payload, unseen, datagrams } = c.closing;
  if (datagrams) return [];
  for (const side of [CLIENT, SERVER] as const) {
    const other = side === CLIENT ? SERVER : CLIENT;
    if (payload[side] > 0 || payload[other] === 0 || unseen[side] === 0) continue;
    const who = side === CLIENT ? 'client' : 'server';
    const host = side === CLIENT ? c.client : c.server;
    return [
      {
        severity: 'warning',
        sentence: rich`Nothing that the ${who} (${host}) sent is in the capture, although the other side acknowledged ${unseen[side]} bytes of it. The conversation begins in ${frameLink(c.firstFrame)}.`,
        frames: [c.firstFrame],
        fix: 'Mirror both directions of the port (receive and transmit), or capture on one of the two hosts.',
        confidence: 'certain',
      },
    ];
  }
  return [];
}
