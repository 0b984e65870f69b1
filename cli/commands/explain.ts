import type { Finding, RichText, WhyPanel } from '../../core/api.ts';
import {
  ConversationFindings,
  findInCapture,
  groupNeeds,
  judgeKeyRole,
  plainText,
  summariseCapture,
  tellDebugLog,
  timeHandshakes,
  WhyTeller,
} from '../../core/index.ts';
import { loadCaptures } from '../load.ts';
import type { KeyOptions } from '../options.ts';
import { Output } from '../output.ts';

export interface ExplainOptions extends KeyOptions {
  readonly frame?: number;
  readonly conversation?: number;
  readonly json?: boolean;
  /** The records in the terms of Wireshark's debug log. */
  readonly debugLog?: boolean;
}

/** `sipher explain`: the full story of one frame or conversation, in prose. */
export async function runExplain(captures: readonly string[], options: ExplainOptions): Promise<number> {
  if (options.frame !== undefined && options.conversation !== undefined) {
    process.stderr.write(
      'Name one of --frame N and --conversation N, or neither for the capture as a whole.\n',
    );
    return 1;
  }
  if (options.debugLog === true && (options.frame !== undefined || options.json === true)) {
    process.stderr.write('--debug-log is text, for the whole capture or for --conversation N.\n');
    return 1;
  }
  const loaded = await loadCaptures(captures, options);
  if (typeof loaded === 'number') return loaded;
  const { analysis, frames, conversations } = loaded;
  const why = new WhyTeller(analysis, frames, conversations);
  const output = new Output();
  const findings = new ConversationFindings(analysis, frames, conversations, loaded.messages);
  const code =
    options.debugLog === true
      ? tellLog()
      : options.frame !== undefined
        ? tellFrame(options.frame)
        : options.conversation !== undefined
          ? tellConversation()
          : tellCapture();
  output.flush();
  loaded.close();
  return code;

  function tellLog(): number {
    const { conversation } = options;
    if (conversation !== undefined && conversation >= analysis.structure.conversations.length)
      return noSuchConversation(conversation);
    for (const line of tellDebugLog(analysis, frames, conversation ?? null)) {
      if (output.closed) break;
      output.line(line);
    }
    return 0;
  }

  function noSuchConversation(conversation: number): number {
    process.stderr.write(
      `There is no conversation ${conversation}: the capture has ${analysis.structure.conversations.length}, numbered from 0.\n`,
    );
    return 1;
  }

  function tellFrame(frame: number): number {
    if (frame < 1 || frame > analysis.structure.frames.length) {
      process.stderr.write(
        `There is no frame ${frame}: the capture has ${analysis.structure.frames.length}.\n`,
      );
      return 1;
    }
    const panel = why.tellFrame(frame);
    if (options.json === true) {
      output.line(JSON.stringify({ frame, ...panel }));
      return 0;
    }
    const ends = frames.endpointsOf(frame);
    output.line(
      `Frame ${frame}: ${ends.source} → ${ends.destination}, ${frames.protocolOf(frame)}, ${frames.infoOf(frame)}`,
    );
    write(panel);
    return 0;
  }

  function tellConversation(): number {
    const conversation = options.conversation ?? 0;
    if (conversation >= analysis.structure.conversations.length) return noSuchConversation(conversation);
    const report = conversations.report(conversation);
    const panel = why.tellConversation(conversation);
    if (options.json === true) {
      output.line(JSON.stringify({ ...report, why: panel }));
      return 0;
    }
    const { decrypted, opaque, clear } = report.records;
    const records = decrypted + opaque + clear;
    output.line(
      `Conversation ${conversation}: ${report.client} → ${report.server}, ${report.protocol}, ${report.verdict}`,
    );
    if (records > 0)
      output.line(
        `${report.version ?? 'version unknown'}, ${report.cipherSuite?.name ?? 'suite unknown'}; ${decrypted} ${decrypted === 1 ? 'record' : 'records'} decrypted, ${opaque} opaque, ${clear} clear.`,
      );
    if (panel !== null) write(panel);
    const other = records > 0 ? null : why.tellWithoutTls(conversation);
    if (other !== null) tell(other);
    list('Remarks', saidOnce(findings.findingsOf(conversation)));
    list(
      'What decrypts it',
      findings.waysOf(conversation).map((way) => [{ kind: 'text', text: way }]),
    );
    list(
      'Timing',
      timeHandshakes(analysis, conversation).map((timing) => timing.sentence),
    );
    return 0;
  }

  function list(title: string, items: readonly RichText[]): void {
    if (items.length === 0) return;
    output.line(`\n${title}`);
    for (const item of items) output.line(`  - ${plainText(item).trim()}`);
  }

  /** The capture as a whole: what needs what, what each key can do, what was remarked. */
  function tellCapture(): number {
    const needs = groupNeeds(analysis, findings);
    const remarks = findInCapture(analysis, findings, MOST_REMARKS);
    const roles = analysis.keys.privateKeys().map((key) => ({
      key: key.source.name,
      ...judgeKeyRole(analysis, findings, key.handle.sha256OfPublicKey),
    }));
    const summary = summariseCapture(analysis, conversations);
    if (options.json === true) {
      output.line(JSON.stringify({ summary, needs, keys: roles, findings: remarks }));
      return 0;
    }
    output.line(summary);
    list(
      'What would decrypt what, before any key is given',
      needs.map(({ need, conversations: ids }) => [
        {
          kind: 'text',
          text: `${need}: ${ids.length} (conversation ${ids.slice(0, 10).join(', ')}${ids.length > 10 ? ' …' : ''})`,
        },
      ]),
    );
    list(
      'Loaded keys',
      roles.map((role) => [{ kind: 'text', text: `${role.key}: ` }, ...role.sentence]),
    );
    list('Remarks', groupRemarks(remarks));
    return 0;
  }

  function tell(story: Pick<WhyPanel, 'title' | 'what' | 'proof' | 'fixNow' | 'fixNext'>): void {
    output.line(`\n${story.title}`);
    output.line(plainText(story.what).trim());
    list('Proof', story.proof);
    list('What to do now', story.fixNow);
    list('At the next capture', story.fixNext);
  }

  function write(panel: WhyPanel): void {
    tell(panel);
    if (panel.otherCauses.length > 0) output.line(`\nAlso: ${panel.otherCauses.join(', ')}`);
    if (panel.checklist.length > 0) {
      output.line('\nWhat decryption needs');
      for (const { item, status, frame, note } of panel.checklist)
        output.line(
          `  ${MARK[status]} ${item}${frame === null ? '' : ` (frame ${frame})`}${plainText(note) === '' ? '' : `: ${plainText(note)}`}`,
        );
    }
    if (panel.state !== null) {
      output.line(`\nState mask 0x${panel.state.mask.toString(16).toUpperCase()}`);
      for (const bit of panel.state.bits)
        if (bit.set)
          output.line(`  0x${bit.value.toString(16).padStart(4, '0')} ${bit.flag}: ${bit.meaning}`);
    }
  }
}

const MARK = { present: '[x]', missing: '[ ]', 'not-needed': '[-]', unknown: '[?]' } as const;
const MOST_REMARKS = 500;

/** Without those whose sentence is a part of another one, as that of an alert holds what was found of the certificate. */
function saidOnce(remarks: readonly Finding[]): RichText[] {
  return remarks.filter((remark) => !isToldBy(remarks, remark)).map((remark) => remark.rich);
}

function isToldBy(remarks: readonly Finding[], { sentence, conversation }: Finding): boolean {
  return remarks.some(
    (other) =>
      other.conversation === conversation &&
      other.sentence.length > sentence.length &&
      other.sentence.includes(sentence),
  );
}

/** Remarks of the same kind stand together, the first of them in words. */
function groupRemarks(remarks: readonly Finding[]): RichText[] {
  const groups = new Map<string, Finding[]>();
  for (const remark of remarks.filter((known) => !isToldBy(remarks, known))) {
    const key = `${remark.severity}/${remark.id}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [remark]);
    else group.push(remark);
  }
  return [...groups.values()].flatMap((group) => {
    const lines = group.slice(0, MOST_OF_A_KIND).map((finding): RichText => {
      if (finding.conversation === null) return finding.rich;
      return [{ kind: 'text', text: `Conversation ${finding.conversation}: ` }, ...finding.rich];
    });
    const more = group.length - lines.length;
    if (more > 0) lines.push([{ kind: 'text', text: `and ${more} more like that (${group[0]?.id ?? ''})` }]);
    return lines;
  });
}

const MOST_OF_A_KIND = 3;
