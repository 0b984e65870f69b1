import type { Finding, RichText, WhyPanel } from '../../api.ts';
import { advise } from '../../diagnosis/advice.ts';
import type { CauseContext } from '../../diagnosis/cause-context.ts';
import { describeFailure } from '../../diagnosis/handshake-outcome.ts';
import type { FindingContext } from '../../diagnosis/finding-context.ts';
import { trustStoreLines } from '../../diagnosis/recipe-lines.ts';
import { frameLink, rich } from '../../diagnosis/rich-text.ts';
import { RECORD_DIRECTION } from '../../store/record-table.ts';
import type { Stretch } from '../../tls/epoch.ts';
import { CLIENT, describeSecretSource, type Handshake, SERVER } from '../../tls/handshake.ts';
import { isTls13 } from '../../tls/tables/versions.ts';
import { CAUSE_IDS, type CauseId, type FrameVerdictId, STATE_FLAGS, type StateFlag } from '../../verdict.ts';
import { decodeCertificate } from '../../x509/certificate.ts';
import type { Analysis } from '../analysis.ts';
import { addressOf } from '../conversations/endpoint-address.ts';
import { ConversationFindings } from '../conversations/conversation-findings.ts';
import type { ConversationReporter } from '../conversations/conversation-report.ts';
import type { FrameReporter } from './frame-report.ts';
import { frameVerdictOf } from './frame-verdicts.ts';
import { OtherProtocols, type Story } from './other-protocols.ts';
import { MessageIndex } from '../messages/message-index.ts';
import { originOf } from '../conversations/resumed-origin.ts';
import { FRAME_AWAITING, FRAME_DUPLICATE } from '../../store/frame-table.ts';

/** Tells the story of one frame or conversation, from the same evidence for every screen and for `explain`. */
export class WhyTeller {
  private readonly analysis: Analysis;
  private readonly frames: FrameReporter;
  private readonly conversations: ConversationReporter;
  private readonly findings: ConversationFindings;
  private readonly others: OtherProtocols;

  constructor(
    analysis: Analysis,
    frames: FrameReporter,
    conversations: ConversationReporter,
    findings = new ConversationFindings(analysis, frames, conversations, new MessageIndex(analysis)),
  ) {
    this.analysis = analysis;
    this.frames = frames;
    this.conversations = conversations;
    this.findings = findings;
    this.others = new OtherProtocols(analysis, frames);
  }

  /** The Why panel of a frame. */
  tellFrame(number: number): WhyPanel {
    const { structure } = this.analysis;
    const row = number - 1;
    const verdict = frameVerdictOf(structure.frames.verdict.read(row));
    const records = this.frames.recordsOf(number);
    const conversation = structure.frames.conversation.read(row);
    const opaque = this.decidingRecord(records);
    const last = records.at(-1);
    const session = conversation < 0 ? null : this.analysis.sessionOf(conversation);
    const stretch = opaque === null ? null : this.analysis.stretchOf(opaque);
    const handshake = stretch?.handshake ?? session?.lastHandshake ?? null;
    const causes = opaque === null ? [] : this.analysis.causesOf(opaque);
    const cause = causes[0] ?? null;
    const others = this.otherCauses(records, cause);
    const failure = conversation < 0 ? null : this.conversations.failureOf(conversation);
    const story =
      cause === null || opaque === null
        ? failure?.frame === number
          ? this.tellFailure(conversation, describeFailure(failure))
          : this.tellOrdinary(number, verdict, conversation)
        : advise(cause, this.contextOf(conversation, opaque, stretch));
    return {
      verdict,
      cause,
      otherCauses: others,
      ...story,
      checklist:
        conversation < 0 || session === null
          ? []
          : this.checklist(conversation, handshake, opaque ?? last ?? null),
      state: last === undefined ? null : describeState(structure.records.state.read(last)),
    };
  }

  /** The Why panel of a conversation: its deciding cause, or how its handshake failed. */
  tellConversation(conversation: number): WhyPanel | null {
    const report = this.conversations.report(conversation);
    const session = this.analysis.sessionOf(conversation);
    if (session === null) return null;
    const failure = this.conversations.failureOf(conversation);
    const stretch =
      this.analysis.opening.stretches.find(
        (known) =>
          known.conversation === conversation &&
          report.cause !== null &&
          this.analysis.causesOfStretch(known, conversation)[0] === report.cause,
      ) ?? null;
    const handshake = stretch?.handshake ?? session.lastHandshake;
    const verdict: FrameVerdictId =
      report.verdict === 'handshake-failed' || report.verdict === 'not-tls' ? 'clear' : report.verdict;
    const base = {
      verdict,
      cause: report.cause,
      otherCauses: CAUSE_IDS.filter((id) => id !== report.cause && (report.causes[id] ?? 0) > 0),
      checklist: this.checklist(conversation, handshake, null),
      state: report.state === null ? null : describeState(report.state),
    };
    if (failure !== null) {
      return { ...base, ...this.tellFailure(conversation, describeFailure(failure)) };
    }
    if (report.cause === null) return null;
    const record = this.firstRecordWith(conversation, report.cause);
    return { ...base, ...advise(report.cause, this.contextOf(conversation, record, stretch)) };
  }

  /** Of a conversation without TLS: whether it is encrypted in another way, and where its keys would be; else null. */
  tellWithoutTls(conversation: number): Story | null {
    return this.others.tellConversation(conversation, this.conversations.report(conversation).protocol);
  }

  /** The story of a broken handshake: what happened, then what else was found that may be why. */
  private tellFailure(conversation: number, clause: string): Story {
    const findings = this.findings.findingsOf(conversation).filter((finding) => finding.severity === 'error');
    const [first, ...others] = findings;
    const fixes = [...new Set(findings.map((finding) => finding.fix))].filter((fix) => fix !== '');
    const context = this.findings.contextOf(conversation);
    return {
      title: `The handshake failed: ${clause}`,
      what: first?.rich ?? rich`${capitalise(clause)}.`,
      // What the first sentence has said already is not said again.
      proof: others
        .filter((finding) => first?.sentence.includes(finding.sentence) !== true)
        .map((finding) => finding.rich),
      fixNow: [...fixes.map((fix) => rich`${fix}`), ...tellTrustStore(context, findings)],
      fixNext: [],
    };
  }

  private decidingRecord(records: readonly number[]): number | null {
    let best: number | null = null;
    let rank = Infinity;
    for (const record of records) {
      const cause = this.analysis.causesOf(record)[0];
      if (cause === undefined) continue;
      const at = CAUSE_IDS.indexOf(cause);
      if (at < rank) {
        rank = at;
        best = record;
      }
    }
    return best;
  }

  private otherCauses(records: readonly number[], first: CauseId | null): CauseId[] {
    const all = new Set(records.flatMap((record) => this.analysis.causesOf(record)));
    return CAUSE_IDS.filter((cause) => cause !== first && all.has(cause));
  }

  private firstRecordWith(conversation: number, cause: CauseId): number | null {
    const { records } = this.analysis.structure;
    for (let row = 0; row < records.length; row += 1)
      if (records.conversation.read(row) === conversation && this.analysis.causesOf(row)[0] === cause)
        return row;
    return null;
  }

  private tellOrdinary(number: number, verdict: FrameVerdictId, conversation: number): Story {
    const { frames } = this.analysis.structure;
    const flags = frames.flags.read(number - 1);
    const link = frames.link.read(number - 1);
    const empty = { proof: [], fixNow: [], fixNext: [] };
    if ((flags & FRAME_DUPLICATE) !== 0 && link > 0)
      return {
        ...empty,
        title: 'A repetition',
        what: rich`This frame repeats bytes that ${frameLink(link)} brought first; what became of them is said there.`,
      };
    switch (verdict) {
      case 'decrypted': {
        const handshake = this.analysis.sessionOf(conversation)?.lastHandshake ?? null;
        const source = handshake?.keySource ?? null;
        return {
          ...empty,
          title: 'Decrypted',
          what: rich`Every encrypted record of this frame was decrypted, and its check value is right${source === null ? '' : `; the key came from ${describeSecretSource(source)}`}.`,
        };
      }
      case 'clear':
        return {
          ...empty,
          title: 'Not encrypted',
          what: rich`The records in this frame are sent in clear: they belong to the part of TLS before encryption begins, or to a cipher suite without encryption.`,
        };
      case 'awaiting':
        return {
          ...empty,
          title: 'Part of a longer record',
          what:
            (flags & FRAME_AWAITING) !== 0
              ? rich`A record begins or goes on here and is complete in ${frameLink(link)}; what became of it is said there.`
              : rich`A record begins or goes on here; its end has not been seen yet.`,
        };
      case 'malformed':
        return {
          ...empty,
          title: 'Malformed packet',
          what: rich`${this.frames.infoOf(number)}`,
        };
      default: {
        const other = this.others.tellFrame(number);
        if (other !== null) return other;
        return {
          ...empty,
          title:
            conversation >= 0 && this.analysis.sessionOf(conversation) !== null
              ? 'No TLS record ends here'
              : 'Not TLS',
          what: rich`This frame carries no TLS record.`,
        };
      }
    }
  }

  private siblingOf(conversation: number): string | null {
    const { conversations } = this.analysis.structure;
    const ends = (of: number): string =>
      [addressOf(conversations, of, 0), addressOf(conversations, of, 1)].sort().join('/');
    const wanted = ends(conversation);
    for (const other of this.analysis.opening.sessions.keys())
      if (
        other !== conversation &&
        (this.conversations.tallyOf(other)?.decrypted ?? 0) > 0 &&
        ends(other) === wanted
      )
        return String(other);
    return null;
  }

  private opensElsewhere(conversation: number): { key: string; conversation: string }[] {
    const found = new Map<string, string>();
    for (const [other, session] of this.analysis.opening.sessions) {
      if (other === conversation) continue;
      const source = session.lastHandshake?.keySource ?? null;
      if (source === null || source.kind !== 'rsa-key' || found.has(source.name)) continue;
      found.set(source.name, String(other));
    }
    return [...found].map(([key, other]) => ({ key, conversation: other }));
  }

  private checklist(
    conversation: number,
    handshake: Handshake | null,
    record: number | null,
  ): WhyPanel['checklist'] {
    const items: WhyPanel['checklist'][number][] = [];
    const none = rich``;
    const add = (
      item: string,
      frame: number | null | undefined,
      missing: RichText,
      status?: 'not-needed' | 'unknown',
      note: RichText = none,
    ): void => {
      const present = frame !== null && frame !== undefined && frame > 0;
      items.push({
        item,
        status: status ?? (present ? 'present' : 'missing'),
        frame: present ? frame : null,
        note: present || status !== undefined ? note : missing,
      });
    };
    const notSeen = rich`not in the capture`;
    const tls13 = handshake !== null && isTls13(handshake.version);
    const resumed = handshake?.resumed === 'session-id' || handshake?.resumed === 'ticket';
    add('Client Hello', handshake?.clientHello?.frame, notSeen);
    add('Server Hello', handshake?.serverHello?.frame, notSeen);
    if (resumed) add('Certificate', null, none, 'not-needed', rich`an earlier session is resumed`);
    else if (tls13 && handshake.serverCertificate === null)
      add('Certificate', null, none, 'unknown', rich`encrypted in TLS 1.3`);
    else add('Certificate', handshake?.serverCertificate?.frame, notSeen);
    const source = handshake?.keySource ?? this.epochSource(conversation);
    items.push({
      item: 'Key found',
      status: source === null ? 'missing' : 'present',
      frame: null,
      note: source === null ? rich`no loaded key fits` : rich`${describeSecretSource(source)}`,
    });
    if (tls13 || resumed) add('Client Key Exchange', null, none, 'not-needed');
    else add('Client Key Exchange', handshake?.clientKeyExchange?.frame, notSeen);
    const stretch = record === null ? null : this.analysis.stretchOf(record);
    const derived = (stretch?.epoch ?? null) !== null || (record === null && source !== null);
    items.push({
      item: 'Key block',
      status: derived ? 'present' : 'missing',
      frame: null,
      note: derived ? none : rich`cannot be made without the secret`,
    });
    if (tls13) add('Change Cipher Spec', null, none, 'not-needed');
    else
      add(
        'Change Cipher Spec',
        handshake?.changeCipherSpec[CLIENT] === 0
          ? handshake.changeCipherSpec[SERVER]
          : handshake?.changeCipherSpec[CLIENT],
        notSeen,
      );
    add(
      'Finished',
      handshake?.finished[CLIENT] === 0 ? handshake.finished[SERVER] : handshake?.finished[CLIENT],
      notSeen,
    );
    const opened = (stretch?.opened ?? handshake?.opened ?? 0) > 0;
    const failed = (stretch?.failed ?? handshake?.failed ?? 0) > 0;
    items.push({
      item: 'MAC or tag',
      status: opened ? 'present' : failed ? 'missing' : 'unknown',
      frame: null,
      note: opened
        ? rich`records of this stretch pass their check`
        : failed
          ? rich`no record passes its check`
          : rich`nothing was tried`,
    });
    return items;
  }

  private epochSource(conversation: number): Handshake['keySource'] {
    for (const stretch of this.analysis.opening.stretches)
      if (stretch.conversation === conversation && stretch.epoch !== null && stretch.opened > 0)
        return stretch.epoch.source;
    return null;
  }
}

/** The state mask bit by bit. */
export /** Who does not trust an authority needs it in its store: where that is. */
function tellTrustStore(c: FindingContext, findings: readonly Finding[]): RichText[] {
  const { failure } = c;
  if (failure?.alert?.description !== UNKNOWN_CA) return [];
  const who = failure.by === CLIENT ? 'client' : 'server';
  const incomplete = findings.some(({ id }) => id === 'chain-incomplete');
  return trustStoreLines(c.products, who, who === 'client' ? c.client : c.server, !incomplete);
}

const UNKNOWN_CA = 48;

function describeState(mask: number): NonNullable<WhyPanel['state']> {
  const flags = Object.entries(STATE_FLAGS);
  return {
    mask,
    bits: flags.map(([name, value]) => ({
      flag: flagNamed(name),
      value,
      set: (mask & value) !== 0,
      meaning: MEANING_OF_FLAG[flagNamed(name)],
    })),
  };
}

function flagNamed(name: string): StateFlag {
  let flag: StateFlag;
  for (flag in STATE_FLAGS) if (flag === name) return flag;
  return 'VERSION';
}

const MEANING_OF_FLAG = {
  CLIENT_RANDOM: 'the Client Hello was seen',
  SERVER_RANDOM: 'the Server Hello was seen',
  CIPHER: 'the cipher suite is known',
  HAVE_SESSION_KEY: 'the key block was made (never for TLS 1.3)',
  VERSION: 'the version is known',
  MASTER_SECRET: 'the master secret is known',
  PRE_MASTER_SECRET: 'the pre-master secret is known, the master secret not yet',
  CLIENT_EXTENDED_MASTER_SECRET: 'the client offers the extended master secret',
  SERVER_EXTENDED_MASTER_SECRET: 'the server agrees to the extended master secret',
  SERVER_HELLO_DONE: 'the Server Hello Done was seen (shown by Wireshark 2.x only)',
  NEW_SESSION_TICKET: 'the server issued a session ticket',
  ENCRYPT_THEN_MAC: 'encrypt-then-MAC was agreed (shown by Wireshark 3 and later)',
  SEEN_0RTT_APPDATA: 'early data (0-RTT) was seen',
} as const satisfies Readonly<Record<StateFlag, string>>;

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
