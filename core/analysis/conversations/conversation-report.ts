import { judgeHandshake, type Closing, type HandshakeFailure } from '../../diagnosis/handshake-outcome.ts';
import {
  RECORD_DIRECTION,
  RECORD_HEADERLESS,
  VERDICT_CLEAR,
  VERDICT_DECRYPTED,
  VERDICT_OPAQUE,
} from '../../store/record-table.ts';
import { TRANSPORT_SCTP, TRANSPORT_TCP, TRANSPORT_UDP } from '../../stream/conversation-table.ts';
import { describeSecretSource, type Handshake } from '../../tls/handshake.ts';
import { describeVersion } from '../../tls/tables/versions.ts';
import { decodeCertificate } from '../../x509/certificate.ts';
import { CAUSE_IDS, type CauseId, type ConversationVerdictId } from '../../verdict.ts';
import type { Analysis } from '../analysis.ts';
import type { FrameReporter } from '../frames/frame-report.ts';
import { type CertificateReport, reportCertificate } from './certificate-report.ts';

export interface SessionReport {
  readonly version: string | null;
  readonly cipherSuite: { readonly id: string; readonly name: string } | null;
  readonly keyExchange: string | null;
  readonly extendedMasterSecret: boolean;
  readonly encryptThenMac: boolean;
  readonly resumed: 'session-id' | 'ticket' | 'psk' | null;
  readonly serverName: string | null;
  readonly certificates: readonly CertificateReport[];
  readonly clientCertificates: readonly CertificateReport[];
  readonly key: { readonly kind: string; readonly source: string } | null;
  readonly firstFrame: number;
}

export interface ConversationReport extends Omit<SessionReport, 'firstFrame'> {
  readonly conversation: number;
  readonly transport: string;
  readonly protocol: string;
  readonly client: string;
  readonly server: string;
  readonly rolesAssumed: boolean;
  readonly firstFrame: number;
  readonly lastFrame: number;
  readonly frames: number;
  readonly start: string;
  readonly end: string;
  readonly records: { readonly decrypted: number; readonly opaque: number; readonly clear: number };
  readonly state: number | null;
  readonly verdict: ConversationVerdictId;
  readonly cause: CauseId | null;
  readonly causes: Readonly<Record<string, number>>;
  readonly sessions: readonly SessionReport[];
}

/** What the records of one conversation add up to. */
export interface RecordTally {
  decrypted: number;
  opaque: number;
  clear: number;
  state: number | null;
  readonly causes: Map<CauseId, number>;
  /** By direction. */
  readonly data: [number, number];
  readonly lastLength: [number, number];
  readonly lastFrame: [number, number];
  /** Lengths of the first records of application data, and how many came after the other direction's first. */
  readonly dataLengths: readonly [number[], number[]];
  readonly dataAfterOther: [number, number];
  readonly firstDataFrame: [number, number];
}

/** Adds up and describes conversations; one pass over the records for all of them, kept until verdicts change. */
export class ConversationReporter {
  private readonly analysis: Analysis;
  private readonly frames: FrameReporter;
  private tallies = new Map<number, RecordTally>();
  private version = -1;
  private rows: Map<number, number[]> | null = null;

  constructor(analysis: Analysis, frames: FrameReporter) {
    this.analysis = analysis;
    this.frames = frames;
  }

  tallyOf(conversation: number): RecordTally | null {
    if (this.version !== this.analysis.version) this.tallyAll();
    return this.tallies.get(conversation) ?? null;
  }

  /** Record rows of one conversation, in the order in which they were recognised. */
  recordsOf(conversation: number): readonly number[] {
    if (this.version !== this.analysis.version) this.tallyAll();
    if (this.rows === null) {
      this.rows = new Map();
      const { records } = this.analysis.structure;
      for (let row = 0; row < records.length; row += 1) {
        const of = records.conversation.read(row);
        const list = this.rows.get(of);
        if (list === undefined) this.rows.set(of, [row]);
        else list.push(row);
      }
    }
    return this.rows.get(conversation) ?? [];
  }

  failureOf(conversation: number): HandshakeFailure | null {
    const session = this.analysis.sessionOf(conversation);
    return session === null ? null : judgeHandshake(session, this.closingOf(conversation));
  }

  /** `thorough`: see protocolOf. */
  report(conversation: number, thorough = false): ConversationReport {
    const { structure } = this.analysis;
    const { conversations } = structure;
    const tally = this.tallyOf(conversation);
    const { client, assumed } = this.analysis.rolesOf(conversation);
    const session = this.analysis.sessionOf(conversation);
    const sessions =
      session === null ? [] : session.handshakes.map((handshake) => this.reportSession(handshake));
    const causes: Record<string, number> = {};
    let cause: CauseId | null = null;
    for (const id of CAUSE_IDS) {
      const count = tally?.causes.get(id) ?? 0;
      if (count === 0) continue;
      causes[id] = count;
      cause ??= id;
    }
    const described = session?.describingHandshake ?? null;
    const { firstFrame: _first, ...facts } = described === null ? NO_SESSION : this.reportSession(described);
    return {
      conversation,
      transport: transportName(conversations.transport.read(conversation)),
      protocol: this.protocolOf(conversation, thorough),
      client: this.frames.endpointOf(conversation, client),
      server: this.frames.endpointOf(conversation, client === 0 ? 1 : 0),
      rolesAssumed: assumed,
      firstFrame: conversations.firstFrame.read(conversation),
      lastFrame: conversations.lastFrame.read(conversation),
      frames: conversations.frames.read(2 * conversation) + conversations.frames.read(2 * conversation + 1),
      start: this.frames.timeOf(conversations.firstFrame.read(conversation)),
      end: this.frames.timeOf(conversations.lastFrame.read(conversation)),
      ...facts,
      records: { decrypted: tally?.decrypted ?? 0, opaque: tally?.opaque ?? 0, clear: tally?.clear ?? 0 },
      state: tally?.state ?? null,
      verdict: this.verdictOf(conversation),
      cause,
      causes,
      sessions: sessions.length > 1 ? sessions : [],
    };
  }

  verdictOf(conversation: number): ConversationVerdictId {
    const tally = this.tallyOf(conversation);
    if (this.failureOf(conversation) !== null) return 'handshake-failed';
    if (tally === null) return 'not-tls';
    if (tally.opaque > 0 && tally.decrypted > 0) return 'partly-decrypted';
    if (tally.opaque > 0) return 'opaque';
    if (tally.decrypted > 0) return 'decrypted';
    return tally.clear > 0 ? 'clear' : 'not-tls';
  }

  /** `thorough`: SRTP is told from RTP even where that means to read every session description first. */
  protocolOf(conversation: number, thorough = false): string {
    const { structure, opening } = this.analysis;
    const inner = structure.protocols.nameOf(opening.openedProtocol.read(conversation));
    if (structure.tlsDirections.read(conversation) !== 0) {
      const outer = structure.conversations.transport.read(conversation) === TRANSPORT_UDP ? 'DTLS' : 'TLS';
      return inner === '' ? outer : `${inner}/${outer}`;
    }
    const clear = structure.protocols.nameOf(structure.clearProtocol.read(conversation));
    if (clear === 'RTP' || clear === 'RTCP')
      return this.frames.mediaProtocolOf(clear, conversation, thorough);
    if (clear !== '') return clear;
    // Of too few packets of media only the description tells what they are: it does so of the frame.
    const first = this.frames.protocolOf(structure.conversations.firstFrame.read(conversation), thorough);
    if (/^S?RTC?P$/.test(first)) return first;
    return transportName(structure.conversations.transport.read(conversation)).toUpperCase();
  }

  /** "tcp", "udp", "sctp". */
  transportOf(conversation: number): string {
    return transportName(this.analysis.structure.conversations.transport.read(conversation));
  }

  closingOf(conversation: number): Closing {
    const { conversations, tlsDirections } = this.analysis.structure;
    const tally = this.tallyOf(conversation);
    const { client } = this.analysis.rolesOf(conversation);
    const server = client === 0 ? 1 : 0;
    const evidence = this.analysis.evidenceOf(conversation);
    const pair = (read: (direction: 0 | 1) => number): [number, number] => [read(client), read(server)];
    const bits = tlsDirections.read(conversation);
    const other = (direction: 0 | 1): boolean =>
      (bits & (1 << direction)) === 0 && conversations.bytes.read(2 * conversation + direction) > 0;
    return {
      fin: pair((direction) => conversations.finFrame.read(2 * conversation + direction)),
      rst: pair((direction) => conversations.rstFrame.read(2 * conversation + direction)),
      data: pair((direction) => tally?.data[direction] ?? 0),
      dataLengths: [tally?.dataLengths[client] ?? [], tally?.dataLengths[server] ?? []],
      serverDataAfterClient: tally?.dataAfterOther[server] ?? 0,
      lastLength: pair((direction) => tally?.lastLength[direction] ?? 0),
      lastFrame: pair((direction) => tally?.lastFrame[direction] ?? 0),
      firstDataFrame: pair((direction) => tally?.firstDataFrame[direction] ?? 0),
      otherThanTls: [other(client), other(server)],
      payload: evidence.bytes,
      frames: pair((direction) => conversations.frames.read(2 * conversation + direction)),
      lost: [evidence.lost[0] + evidence.snapped[0], evidence.lost[1] + evidence.snapped[1]],
      unseen: evidence.unseenAcknowledged,
      secondsToEnd: this.secondsToEnd(conversation),
      datagrams: conversations.transport.read(conversation) === TRANSPORT_UDP,
    };
  }

  /** Seconds from the conversation's first frame to the capture's last. */
  private secondsToEnd(conversation: number): number {
    const { frames, conversations } = this.analysis.structure;
    const first = conversations.firstFrame.read(conversation);
    if (first === 0 || frames.length === 0) return 0;
    return this.frames.relativeTimeOf(frames.length) - this.frames.relativeTimeOf(first);
  }

  private reportSession(handshake: Handshake): SessionReport {
    const { suite, keySource } = handshake;
    return {
      version: handshake.version === 0 ? null : describeVersion(handshake.version),
      cipherSuite:
        suite === null ? null : { id: `0x${suite.id.toString(16).padStart(4, '0')}`, name: suite.name },
      keyExchange: suite?.keyExchange ?? null,
      extendedMasterSecret: handshake.extendedMasterSecret,
      encryptThenMac: handshake.encryptThenMac,
      resumed: handshake.resumed,
      serverName: handshake.serverName,
      certificates: handshake.serverCertificates.map(certificateOf),
      clientCertificates: handshake.clientCertificates.map(certificateOf),
      key: keySource === null ? null : { kind: keySource.kind, source: describeSecretSource(keySource) },
      firstFrame: handshake.firstFrame,
    };
  }

  private tallyAll(): void {
    const { records } = this.analysis.structure;
    this.tallies = new Map();
    this.version = this.analysis.version;
    this.rows = null;
    for (let row = 0; row < records.length; row += 1) {
      const conversation = records.conversation.read(row);
      let tally = this.tallies.get(conversation);
      if (tally === undefined) {
        tally = newTally();
        this.tallies.set(conversation, tally);
      }
      this.addRecord(tally, row);
    }
  }

  private addRecord(tally: RecordTally, row: number): void {
    const { records } = this.analysis.structure;
    const direction = (records.flags.read(row) & RECORD_DIRECTION) === 0 ? 0 : 1;
    tally.state = records.state.read(row);
    if ((records.flags.read(row) & RECORD_HEADERLESS) === 0) {
      if (records.type.read(row) === APPLICATION_DATA)
        noteData(tally, direction, records.fragmentLength.read(row), records.frame.read(row));
      tally.lastLength[direction] = records.fragmentLength.read(row);
      tally.lastFrame[direction] = records.frame.read(row);
    }
    switch (records.verdict.read(row)) {
      case VERDICT_CLEAR:
        tally.clear += 1;
        break;
      case VERDICT_DECRYPTED:
        tally.decrypted += 1;
        break;
      case VERDICT_OPAQUE: {
        tally.opaque += 1;
        const cause = this.analysis.causesOf(row)[0];
        if (cause !== undefined) tally.causes.set(cause, (tally.causes.get(cause) ?? 0) + 1);
        break;
      }
      default:
    }
  }
}

function newTally(): RecordTally {
  return {
    decrypted: 0,
    opaque: 0,
    clear: 0,
    state: null,
    causes: new Map(),
    data: [0, 0],
    lastLength: [0, 0],
    lastFrame: [0, 0],
    dataLengths: [[], []],
    dataAfterOther: [0, 0],
    firstDataFrame: [0, 0],
  };
}

function noteData(tally: RecordTally, direction: 0 | 1, length: number, frame: number): void {
  if (tally.data[direction] === 0) tally.firstDataFrame[direction] = frame;
  tally.data[direction] += 1;
  if (tally.data[direction === 0 ? 1 : 0] > 0) tally.dataAfterOther[direction] += 1;
  const lengths = tally.dataLengths[direction];
  if (lengths.length < MOST_LENGTHS) lengths.push(length);
}

function certificateOf(der: Uint8Array): CertificateReport {
  return reportCertificate(decodeCertificate(der));
}

function transportName(transport: number): string {
  if (transport === TRANSPORT_TCP) return 'tcp';
  if (transport === TRANSPORT_UDP) return 'udp';
  return transport === TRANSPORT_SCTP ? 'sctp' : 'ip';
}

const APPLICATION_DATA = 23;
const MOST_LENGTHS = 12;
const NO_SESSION: SessionReport = {
  version: null,
  cipherSuite: null,
  keyExchange: null,
  extendedMasterSecret: false,
  encryptThenMac: false,
  resumed: null,
  serverName: null,
  certificates: [],
  clientCertificates: [],
  key: null,
  firstFrame: 0,
};
