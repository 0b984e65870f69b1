import type { Finding } from '../../api.ts';
import type { Found } from '../../diagnosis/finding-context.ts';
import { toFinding } from '../../diagnosis/findings.ts';
import { sizeOfHoles } from '../../diagnosis/hole.ts';
import { frameLink, rich, term } from '../../diagnosis/rich-text.ts';
import { FRAME_DUPLICATE, FRAME_KEEP_ALIVE, FRAME_PAYLOAD } from '../../store/frame-table.ts';
import { TRANSPORT_TCP } from '../../stream/conversation-table.ts';
import { SEVERITIES } from '../../verdict.ts';
import type { Analysis } from '../analysis.ts';
import type { ConversationFindings } from '../conversations/conversation-findings.ts';

/** The quality of a capture, and what each fault does to decryption. In the order in which it is told. */
export const CAPTURE_FINDING_IDS = [
  'packets-lost',
  'snapped',
  'one-direction',
  'packets-duplicated',
  'out-of-order',
  'clock-steps',
  'offloaded',
] as const;
export type CaptureFindingId = (typeof CAPTURE_FINDING_IDS)[number];

/**
 * What is remarked of the capture as a whole, then of its conversations, errors first; at most `most`. Those that only
 * say which key a conversation needs are left to the conversation.
 */
export function findInCapture(analysis: Analysis, findings: ConversationFindings, most: number): Finding[] {
  const found = findQuality(analysis);
  for (let of: ConversationFindings | null = findings; of !== null; of = of.inside()) {
    const count = of.analysis.structure.conversations.length;
    for (let conversation = 0; conversation < count && found.length < most; conversation += 1)
      for (const finding of of.findingsOf(conversation))
        if (finding.id !== 'which-keys-can-work' && !QUALITY.has(finding.id)) found.push(finding);
  }
  return found.slice(0, most).sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

/** Faults of the capture itself. */
export function findQuality(analysis: Analysis): Finding[] {
  const facts = gatherFacts(analysis);
  return CAPTURE_FINDING_IDS.flatMap((id) => FINDERS[id](facts).map((found) => toFinding(id, found, null)));
}

const QUALITY: ReadonlySet<string> = new Set(CAPTURE_FINDING_IDS);

/** A quality finding without a finder does not compile. */
const FINDERS = {
  'packets-lost': findLost,
  snapped: findSnapped,
  'one-direction': findOneWay,
  'packets-duplicated': findDuplicated,
  'out-of-order': findDisordered,
  'clock-steps': findClockSteps,
  offloaded: findOffloaded,
} as const satisfies { readonly [K in CaptureFindingId]: (facts: QualityFacts) => readonly Found[] };

interface QualityFacts {
  readonly frames: number;
  readonly holes: Tally & { readonly bytes: number; readonly chunks: number; readonly conversations: number };
  readonly cut: Tally & { readonly shortest: number; readonly ofOriginal: number };
  readonly oneWay: Tally;
  /** Repetitions so soon after the first that no host sent them: the capture saw each packet twice. */
  readonly copies: Tally;
  readonly retransmissions: Tally;
  readonly disordered: Tally;
  readonly steps: Tally & { readonly largest: number };
  readonly large: Tally & { readonly largest: number };
}

interface Tally {
  readonly count: number;
  /** The first frames of them. */
  readonly frames: readonly number[];
}

function findLost(facts: QualityFacts): Found[] {
  const { holes } = facts;
  if (holes.count === 0) return [];
  return [
    {
      severity: 'warning',
      sentence: rich`The capture lost ${sizeOfHoles([holes])} of ${holes.chunks === 0 ? 'TCP ' : ''}streams, in ${counted(holes.count, 'place')} of ${counted(holes.conversations, 'conversation')}${holes.frames.length > 0 ? rich`, first at ${frameLink(holes.frames[0] ?? 0)}` : rich``}. Records in a hole are gone; those behind it are found again where the keys are known. A hole in a handshake can cost the whole connection.`,
      frames: holes.frames,
      fix: 'Capture with a larger buffer (tcpdump -B 65536), and on the host itself rather than on a mirror port, which drops packets under load.',
      confidence: 'certain',
    },
  ];
}

function findSnapped(facts: QualityFacts): Found[] {
  const { cut } = facts;
  if (cut.count === 0) return [];
  return [
    {
      severity: 'warning',
      sentence: rich`${counted(cut.count, 'frame')} of ${facts.frames} ${cut.count === 1 ? 'was' : 'were'} cut by a ${SNAP_LENGTH}, first ${frameLink(cut.frames[0] ?? 0)} at ${cut.shortest} of ${cut.ofOriginal} bytes. An encrypted record can only be opened whole.`,
      frames: cut.frames,
      fix: 'Capture whole packets: tcpdump -s 0, or no limit in Wireshark’s capture options.',
      confidence: 'certain',
    },
  ];
}

function findOneWay(facts: QualityFacts): Found[] {
  const { oneWay } = facts;
  if (oneWay.count === 0) return [];
  return [
    {
      severity: 'warning',
      sentence: rich`Of ${counted(oneWay.count, 'conversation')} only one direction was captured, although the other side did send; the first begins in ${frameLink(oneWay.frames[0] ?? 0)}. Half of a handshake is too little for a private key.`,
      frames: oneWay.frames,
      fix: 'Mirror both directions of the port (receive and transmit), or capture on one of the hosts.',
      confidence: 'certain',
    },
  ];
}

function findDuplicated(facts: QualityFacts): Found[] {
  const { copies, retransmissions } = facts;
  const found: Found[] = [];
  if (copies.count > 0)
    found.push({
      severity: 'note',
      sentence: rich`${counted(copies.count, 'frame')} of ${facts.frames} ${copies.count === 1 ? 'repeats' : 'repeat'} another one within a few milliseconds, first ${frameLink(copies.frames[0] ?? 0)}: the capture probably saw packets twice (two mirrored ports, or several interfaces). They are told apart and do no harm.`,
      frames: copies.frames,
      fix: '',
      confidence: 'likely',
    });
  if (retransmissions.count > 0)
    found.push({
      severity: 'note',
      sentence: rich`${counted(retransmissions.count, 'frame')} of ${facts.frames} ${retransmissions.count === 1 ? 'repeats' : 'repeat'} bytes sent before, first ${frameLink(retransmissions.frames[0] ?? 0)}: TCP retransmissions. They do decryption no harm, but show that the network lost packets or was slow.`,
      frames: retransmissions.frames,
      fix: '',
      confidence: 'likely',
    });
  return found;
}

function findDisordered(facts: QualityFacts): Found[] {
  const { disordered } = facts;
  if (disordered.count === 0) return [];
  return [
    {
      severity: 'note',
      sentence: rich`Segments were captured out of order in ${counted(disordered.count, 'place')}, first at ${frameLink(disordered.frames[0] ?? 0)}. They were put in order before decryption; it does no harm.`,
      frames: disordered.frames,
      fix: '',
      confidence: 'certain',
    },
  ];
}

function findClockSteps(facts: QualityFacts): Found[] {
  const { steps } = facts;
  if (steps.count === 0) return [];
  return [
    {
      severity: 'note',
      sentence: rich`The time of ${counted(steps.count, 'frame')} lies before that of the frame in front of it, by up to ${lengthOfTime(steps.largest)}, first at ${frameLink(steps.frames[0] ?? 0)}. Decryption does not need times, but delays and the dates of certificates may be judged wrongly.`,
      frames: steps.frames,
      fix: 'Set the clock of the capturing host by NTP before the capture.',
      confidence: 'certain',
    },
  ];
}

function findOffloaded(facts: QualityFacts): Found[] {
  const { large } = facts;
  if (large.count === 0) return [];
  return [
    {
      severity: 'note',
      sentence: rich`${counted(large.count, 'frame')} of up to ${large.largest} bytes ${large.count === 1 ? 'is' : 'are'} larger than an Ethernet frame, first ${frameLink(large.frames[0] ?? 0)}. Such frames are captured on a host whose network card splits or joins packets (${OFFLOADING}). It does no harm, and wrong checksums there mean nothing.`,
      frames: large.frames,
      fix: '',
      confidence: 'likely',
    },
  ];
}

/** One pass over the columns. */
function gatherFacts(analysis: Analysis): QualityFacts {
  const { structure } = analysis;
  const { frames } = structure;
  const cut = new Counter();
  const copies = new Counter();
  const retransmissions = new Counter();
  const steps = new Counter();
  const large = new Counter();
  let shortest = 0;
  let ofOriginal = 0;
  let largestStep = 0;
  let largest = 0;
  let before = 0;
  let file = -1;
  for (let row = 0; row < frames.length; row += 1) {
    const captured = frames.captured.read(row);
    const original = frames.original.read(row);
    const flags = frames.flags.read(row);
    const time = frames.seconds.read(row) + frames.nanoseconds.read(row) / 1e9;
    if (captured < original) {
      if (cut.count === 0) [shortest, ofOriginal] = [captured, original];
      cut.add(row + 1);
    }
    const link = frames.link.read(row);
    if ((flags & FRAME_DUPLICATE) !== 0 && (flags & FRAME_KEEP_ALIVE) === 0 && link > 0) {
      const first = frames.seconds.read(link - 1) + frames.nanoseconds.read(link - 1) / 1e9;
      if (Math.abs(time - first) < COPY_WITHIN) copies.add(row + 1);
      else retransmissions.add(row + 1);
    }
    const sameFile = frames.file.read(row) === file;
    if (sameFile && before - time > LEAST_STEP) {
      largestStep = Math.max(largestStep, before - time);
      steps.add(row + 1);
    }
    before = time;
    file = frames.file.read(row);
    if (original > LARGEST_ETHERNET && (flags & FRAME_PAYLOAD) !== 0 && !isLoopback(analysis, row)) {
      largest = Math.max(largest, original);
      large.add(row + 1);
    }
  }
  return {
    frames: frames.length,
    holes: countHoles(analysis),
    cut: { ...cut.tally(), shortest, ofOriginal },
    oneWay: countOneWay(analysis),
    copies: copies.tally(),
    retransmissions: retransmissions.tally(),
    disordered: countDisorder(analysis),
    steps: { ...steps.tally(), largest: largestStep },
    large: { ...large.tally(), largest },
  };
}

function countHoles(analysis: Analysis): QualityFacts['holes'] {
  const { gaps } = analysis.structure;
  const counter = new Counter();
  const conversations = new Set<number>();
  let bytes = 0;
  let chunks = 0;
  for (let row = 0; row < gaps.length; row += 1) {
    if (gaps.reason.read(row) !== 1) continue;
    // Where one side is missing as a whole, that is the finding.
    if (isOneWay(analysis, gaps.conversation.read(row))) continue;
    bytes += gaps.size.read(row);
    chunks += gaps.chunks.read(row);
    conversations.add(gaps.conversation.read(row));
    counter.add(gaps.after.read(row) || gaps.before.read(row));
  }
  return { ...counter.tally(), bytes, chunks, conversations: conversations.size };
}

function countOneWay(analysis: Analysis): Tally {
  const { conversations } = analysis.structure;
  const counter = new Counter();
  for (let conversation = 0; conversation < conversations.length; conversation += 1)
    if (isOneWay(analysis, conversation)) counter.add(conversations.firstFrame.read(conversation));
  return counter.tally();
}

/** One side sent nothing that was captured, and the other acknowledged it. */
function isOneWay(analysis: Analysis, conversation: number): boolean {
  const { conversations, unseenAcknowledged } = analysis.structure;
  if (conversations.transport.read(conversation) !== TRANSPORT_TCP) return false;
  return ([0, 1] as const).some((direction) => {
    const at = 2 * conversation + direction;
    const other = 2 * conversation + (direction === 0 ? 1 : 0);
    const silent = conversations.bytes.read(at) === 0 && conversations.bytes.read(other) > 0;
    return silent && unseenAcknowledged.read(at) > 0;
  });
}

/** Records follow in the order of the stream: where their frames do not, segments were captured in another order. */
function countDisorder(analysis: Analysis): Tally {
  const { records } = analysis.structure;
  const counter = new Counter();
  const last = new Map<number, number>();
  for (let row = 0; row < records.length; row += 1) {
    const key = 2 * records.conversation.read(row) + (records.flags.read(row) & 1);
    const frame = records.frame.read(row);
    const first = records.firstFrame.read(row);
    const before = last.get(key) ?? 0;
    if (first < before || frame < first) counter.add(Math.max(before, first));
    last.set(key, frame);
  }
  return counter.tally();
}

function isLoopback(analysis: Analysis, row: number): boolean {
  const { frames, conversations } = analysis.structure;
  const conversation = frames.conversation.read(row);
  if (conversation < 0) return true;
  const word = conversations.addresses.read(8 * conversation);
  if (conversations.ipVersion.read(conversation) === 4) return word >>> 24 === 127;
  const words = [0, 1, 2, 3].map((at) => conversations.addresses.read(8 * conversation + at));
  return words[0] === 0 && words[1] === 0 && words[2] === 0 && words[3] === 1;
}

class Counter {
  count = 0;
  private readonly frames: number[] = [];

  add(frame: number): void {
    this.count += 1;
    if (this.frames.length < MOST_FRAMES && frame > 0) this.frames.push(frame);
  }

  tally(): Tally {
    return { count: this.count, frames: this.frames };
  }
}

/** "0.120 s", "1 hour", "16857 days". */
function lengthOfTime(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(3)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} minutes`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} hours` : `${Math.round(seconds / 86_400)} days`;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

const SNAP_LENGTH = term('snap length', 'a limit on how many bytes of each packet are kept (tcpdump -s)');
const OFFLOADING = term(
  'offloading',
  'the network card cuts large packets into frames after the capture saw them, or joins them before',
);
/** A host waits at least some tens of milliseconds before it sends again; a mirror's copy comes at once. */
const COPY_WITHIN = 0.005;
/** Several queues of a network card deliver frames some microseconds out of order: that is no step of a clock. */
const LEAST_STEP = 0.05;
/** Ethernet with two VLAN tags. */
const LARGEST_ETHERNET = 1526;
const MOST_FRAMES = 20;
