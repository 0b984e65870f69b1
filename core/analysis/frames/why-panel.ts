import type { Finding, RichText, WhyPanel } from '../../api.ts';
import { capitalise } from '../../bytes/text.ts';
import { advise } from '../../diagnosis/advice.ts';
import { causeToTell } from '../../diagnosis/cause-to-tell.ts';
import { describeFailure } from '../../diagnosis/handshake-outcome.ts';
import type { FindingContext } from '../../diagnosis/finding-context.ts';
import { trustStoreLines } from '../../diagnosis/recipe-lines.ts';
import { conversationLink, frameLink, rich } from '../../diagnosis/rich-text.ts';
import { tellSecretSource } from '../../diagnosis/secret-source.ts';
import { CLIENT, type Handshake, type SecretSource } from '../../tls/handshake.ts';
import type { TlsSession } from '../../tls/session.ts';
import { CAUSE_IDS, type CauseId, type FrameVerdictId } from '../../verdict.ts';
import type { Analysis } from '../analysis.ts';
import { CauseContexts } from './cause-contexts.ts';
import { tellChecklist } from './key-checklist.ts';
import { describeState } from './state-mask.ts';
import { ConversationFindings } from '../conversations/conversation-findings.ts';
import type { ConversationReporter } from '../conversations/conversation-report.ts';
import type { FrameReporter } from './frame-report.ts';
import { frameVerdictOf } from './frame-verdicts.ts';
import { OtherProtocols, type Story } from './other-protocols.ts';
import { MessageIndex } from '../messages/message-index.ts';
import { FRAME_AWAITING, FRAME_DUPLICATE, FRAME_PAYLOAD } from '../../store/frame-table.ts';
import { VERDICT_DECRYPTED, VERDICT_OPAQUE } from '../../store/record-table.ts';

/** Tells the story of one frame or conversation, from the same evidence for every screen and for `explain`. */
export class WhyTeller {
  private readonly analysis: Analysis;
  private readonly frames: FrameReporter;
  private readonly conversations: ConversationReporter;
  private readonly findings: ConversationFindings;
  private readonly contexts: CauseContexts;
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
    this.contexts = new CauseContexts(analysis, frames, conversations, findings);
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
    const shown = opaque ?? last ?? null;
    const causes = opaque === null ? [] : this.analysis.causesOf(opaque);
    const cause = causes[0] ?? null;
    const others = this.otherCauses(records, cause);
    const failure = conversation < 0 ? null : this.conversations.failureOf(conversation);
    const story =
      cause === null || opaque === null
        ? failure?.frame === number
          ? this.tellFailure(conversation, describeFailure(failure))
          : this.tellOrdinary(number, verdict, conversation)
        : advise(cause, this.contexts.of(conversation, opaque, stretch));
    return {
      verdict,
      cause,
      otherCauses: others,
      ...story,
      checklist:
        conversation < 0 || session === null
          ? []
          : tellChecklist(this.analysis, conversation, this.handshakeBehind(session, shown), shown),
      state: last === undefined ? null : describeState(structure.records.state.read(last)),
    };
  }

  /** The Why panel of a conversation: its deciding cause, or how its handshake failed. */
  tellConversation(conversation: number): WhyPanel | null {
    const report = this.conversations.report(conversation);
    const session = this.analysis.sessionOf(conversation);
    if (session === null) return null;
    const failure = this.conversations.failureOf(conversation);
    const cause = causeToTell(report.causes);
    const stretch =
      this.analysis.opening.stretches.find(
        (known) =>
          known.conversation === conversation &&
          cause !== null &&
          this.analysis.causesOfStretch(known, conversation)[0] === cause,
      ) ?? null;
    const handshake =
      stretch?.handshake ?? (failure === null ? session.describingHandshake : session.newestHandshake);
    const verdict: FrameVerdictId =
      report.verdict === 'handshake-failed' || report.verdict === 'not-tls' ? 'clear' : report.verdict;
    const base = {
      verdict,
      cause,
      otherCauses: CAUSE_IDS.filter((id) => id !== cause && (report.causes[id] ?? 0) > 0),
      checklist: tellChecklist(this.analysis, conversation, handshake, null),
      state: report.state === null ? null : describeState(report.state),
    };
    if (failure !== null) {
      return { ...base, ...this.tellFailure(conversation, describeFailure(failure)) };
    }
    if (cause === null) return null;
    const record = this.firstRecordWith(conversation, cause);
    return { ...base, ...advise(cause, this.contexts.of(conversation, record, stretch)) };
  }

  /** Of a conversation without TLS: whether it is encrypted in another way, and where its keys would be; else null. */
  tellWithoutTls(conversation: number): Story | null {
    return this.others.tellConversation(conversation, this.conversations.report(conversation).protocol);
  }

  /** The story of a broken handshake: what happened, then what else was found that may be why. */
  private tellFailure(conversation: number, clause: string): Story {
    const findings = this.findings.findingsOf(conversation).filter((finding) => finding.severity === 'error');
    const [first, ...others] = findings;
    const all = [...new Set(findings.map((finding) => finding.fix))].filter((fix) => fix !== '');
    // What another fix says as well, and more of it, is not said twice.
    const fixes = all.filter(
      (fix) => !all.some((more) => more !== fix && more.startsWith(fix.replace(/\.$/, ''))),
    );
    const context = this.findings.contextOf(conversation);
    return {
      title: `The handshake failed: ${clause}`,
      what: first?.rich ?? rich`${capitalise(clause)}.`,
      // What the first sentence has said already is not said again.
      proof: others
        .filter((finding) => first?.sentence.includes(finding.sentence) !== true)
        .map((finding) => finding.rich),
      fixNow: [
        ...fixes.map((fix) => rich`${fix}`),
        ...tellTrustStore(context, findings),
        ...this.tellSuccess(context),
      ],
      fixNext: [],
    };
  }

  /** Another connection to the same server that came about says by comparison what this one lacks. */
  private tellSuccess({ tlsElsewhere, server }: FindingContext): RichText[] {
    if (tlsElsewhere === null || this.analysis.isInside) return [];
    if (this.conversations.failureOf(Number(tlsElsewhere)) !== null) return [];
    return [
      rich`With the same server, ${server}, ${conversationLink(tlsElsewhere)} came about: compare the two (the Compare tab, “sipher compare”).`,
    ];
  }

  /** The handshake that made a record's keys, or that a record in clear is a part of. */
  private handshakeBehind(session: TlsSession, record: number | null): Handshake | null {
    const own =
      record === null ? null : (this.analysis.stretchOf(record)?.handshake ?? session.handshakeAt(record));
    return own ?? session.describingHandshake;
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

  /** What the last record of a frame that was opened was opened with. */
  private sourceOf(number: number): SecretSource | null {
    const { records } = this.analysis.structure;
    const opened = this.frames
      .recordsOf(number)
      .findLast((record) => records.verdict.read(record) === VERDICT_DECRYPTED);
    return opened === undefined ? null : (this.analysis.stretchOf(opened)?.epoch?.source ?? null);
  }

  /** TLS that was found inside the records of a frame and is opaque there. */
  private tellInside(number: number): RichText {
    const { inner } = this.analysis;
    if (inner.analysis === null) return [];
    const { records } = inner.analysis.structure;
    const opaque = this.frames
      .recordsOf(number)
      .flatMap((record) => inner.recordsIn(record))
      .find((row) => records.verdict.read(row) === VERDICT_OPAQUE);
    if (opaque === undefined) return [];
    const id = inner.idOf(records.conversation.read(opaque));
    return rich` Inside it is TLS again, ${conversationLink(id)}, and that stays encrypted: its own story tells why.`;
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
        const source = this.sourceOf(number);
        return {
          ...empty,
          title: 'Decrypted',
          what: rich`Every encrypted record of this frame was decrypted, and its check value is right${source === null ? '' : rich`; the key came from ${tellSecretSource(source, (of) => this.analysis.idOf(of))}`}.${this.tellInside(number)}`,
        };
      }
      case 'clear':
        return {
          ...empty,
          title: 'Not encrypted',
          what:
            this.analysis.sessionOf(conversation)?.describingHandshake?.suite?.kind === 'null'
              ? rich`The records in this frame are sent in clear: client and server chose a cipher suite that does not encrypt.`
              : rich`The records in this frame are sent in clear: they belong to the part of the connection before encryption begins. That is so in every TLS connection.`,
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
        const inTls = conversation >= 0 && this.analysis.sessionOf(conversation) !== null;
        return {
          ...empty,
          title: inTls ? 'No TLS record ends here' : 'Not TLS',
          what:
            inTls && (flags & FRAME_PAYLOAD) === 0
              ? rich`This packet carries no data: it only opens, confirms or closes the TCP connection.`
              : rich`This frame carries no TLS record.`,
        };
      }
    }
  }
}

/** Who does not trust an authority needs it in its store: where that is. */
function tellTrustStore(c: FindingContext, findings: readonly Finding[]): RichText[] {
  const { failure } = c;
  if (failure?.alert?.description !== UNKNOWN_CA) return [];
  const who = failure.by === CLIENT ? 'client' : 'server';
  const incomplete = findings.some(({ id }) => id === 'chain-incomplete');
  return trustStoreLines(c.products, who, who === 'client' ? c.client : c.server, !incomplete);
}

const UNKNOWN_CA = 48;
