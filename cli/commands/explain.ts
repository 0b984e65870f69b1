import type { Finding, RichText, WhyPanel } from '../../core/api.ts';
import {
  type Analysis,
  groupNeeds,
  judgeKeyRole,
  PageAnswers,
  plainText,
  summariseCapture,
  tellDebugLog,
  timeHandshakes,
} from '../../core/index.ts';
import { type Loaded, loadCaptures } from '../load.ts';
import type { KeyOptions } from '../options.ts';
import { Output } from '../output.ts';

export interface ExplainOptions extends KeyOptions {
  readonly frame?: number;
  readonly conversation?: string;
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
  const output = new Output();
  const explanation = new Explanation(loaded, output);
  const code = explanation.tell(options);
  output.flush();
  loaded.close();
  return code;
}

/** Writes what is known of a loaded capture, or of a part of it; each way gives the exit code. */
class Explanation {
  private readonly analysis: Analysis;
  private readonly page: PageAnswers;
  private readonly output: Output;

  constructor({ analysis }: Loaded, output: Output) {
    this.analysis = analysis;
    this.page = new PageAnswers(analysis, []);
    this.output = output;
  }

  tell({ frame, conversation, debugLog = false, json = false }: ExplainOptions): number {
    if (debugLog) return this.tellLog(conversation ?? null);
    if (frame !== undefined) return this.tellFrame(frame, json);
    return conversation === undefined ? this.tellCapture(json) : this.tellConversation(conversation, json);
  }

  private tellLog(id: string | null): number {
    const found = id === null ? { answers: this.page, conversation: null } : this.page.find(id);
    if (found === null) return this.noSuchConversation(id ?? '');
    const { analysis, frames } = found.answers;
    for (const line of tellDebugLog(analysis, frames, found.conversation)) {
      if (this.output.closed) break;
      this.output.line(line);
    }
    return 0;
  }

  private tellFrame(frame: number, json: boolean): number {
    if (frame < 1 || frame > this.analysis.structure.frames.length) {
      process.stderr.write(
        `There is no frame ${frame}: the capture has ${this.analysis.structure.frames.length}.\n`,
      );
      return 1;
    }
    const { frames } = this.page;
    const panel = this.page.why.tellFrame(frame);
    if (json) {
      this.output.line(JSON.stringify({ frame, ...panel }));
      return 0;
    }
    const ends = frames.endpointsOf(frame);
    this.output.line(
      `Frame ${frame}: ${ends.source} → ${ends.destination}, ${frames.protocolOf(frame)}, ${frames.infoOf(frame)}`,
    );
    this.write(panel);
    return 0;
  }

  private tellConversation(id: string, json: boolean): number {
    const found = this.page.find(id);
    if (found === null) return this.noSuchConversation(id);
    const { conversation } = found;
    const { analysis, conversations, findings, why } = found.answers;
    const report = conversations.report(conversation);
    const panel = why.tellConversation(conversation);
    if (json) {
      this.output.line(
        JSON.stringify({ ...report, ...(analysis.isInside ? { conversation: id } : {}), why: panel }),
      );
      return 0;
    }
    const { decrypted, opaque, clear } = report.records;
    const records = decrypted + opaque + clear;
    this.output.line(
      `Conversation ${id}: ${report.client} → ${report.server}, ${report.protocol}, ${report.verdict}`,
    );
    if (records > 0)
      this.output.line(
        `${report.version ?? 'version unknown'}, ${report.cipherSuite?.name ?? 'suite unknown'}; ${decrypted} ${decrypted === 1 ? 'record' : 'records'} decrypted, ${opaque} opaque, ${clear} clear.`,
      );
    if (panel !== null) this.write(panel);
    const other = records > 0 ? null : why.tellWithoutTls(conversation);
    if (other !== null) this.tellStory(other);
    this.list('Remarks', saidOnce(findings.findingsOf(conversation)));
    this.list(
      'What decrypts it',
      findings.waysOf(conversation).map((way) => [{ kind: 'text', text: way }]),
    );
    this.list(
      'Timing',
      timeHandshakes(analysis, conversation).map((timing) => timing.sentence),
    );
    return 0;
  }

  /** The capture as a whole: what needs what, what each key can do, what was remarked. */
  private tellCapture(json: boolean): number {
    const { findings, conversations } = this.page;
    const needs = groupNeeds(findings);
    const remarks = this.page.calls.captureFindings().slice(0, MOST_REMARKS);
    const roles = this.analysis.keys.privateKeys().map((key) => ({
      key: key.source.name,
      ...judgeKeyRole(findings, key.handle.sha256OfPublicKey),
    }));
    const summary = summariseCapture(this.analysis, conversations);
    if (json) {
      this.output.line(JSON.stringify({ summary, needs, keys: roles, findings: remarks }));
      return 0;
    }
    this.output.line(summary);
    this.list(
      'What would decrypt what, before any key is given',
      needs.map(({ need, conversations: ids }) => [
        {
          kind: 'text',
          text: `${need}: ${ids.length} (conversation ${ids.slice(0, 10).join(', ')}${ids.length > 10 ? ' …' : ''})`,
        },
      ]),
    );
    this.list(
      'Loaded keys',
      roles.map((role) => [{ kind: 'text', text: `${role.key}: ` }, ...role.sentence]),
    );
    this.list('Remarks', groupRemarks(remarks));
    return 0;
  }

  private tellStory(story: Pick<WhyPanel, 'title' | 'what' | 'proof' | 'fixNow' | 'fixNext'>): void {
    this.output.line(`\n${story.title}`);
    this.output.line(plainText(story.what).trim());
    this.list('Proof', story.proof);
    this.list('What to do now', story.fixNow);
    this.list('At the next capture', story.fixNext);
  }

  private write(panel: WhyPanel): void {
    this.tellStory(panel);
    if (panel.otherCauses.length > 0) this.output.line(`\nAlso: ${panel.otherCauses.join(', ')}`);
    if (panel.checklist.length > 0) {
      this.output.line('\nWhat decryption needs');
      for (const { item, status, frame, note } of panel.checklist)
        this.output.line(
          `  ${MARK[status]} ${item}${frame === null ? '' : ` (frame ${frame})`}${plainText(note) === '' ? '' : `: ${plainText(note)}`}`,
        );
    }
    if (panel.state !== null) {
      this.output.line(`\nState mask 0x${panel.state.mask.toString(16).toUpperCase()}`);
      for (const bit of panel.state.bits)
        if (bit.set)
          this.output.line(`  0x${bit.value.toString(16).padStart(4, '0')} ${bit.flag}: ${bit.meaning}`);
    }
  }

  private list(title: string, items: readonly RichText[]): void {
    if (items.length === 0) return;
    this.output.line(`\n${title}`);
    for (const item of items) this.output.line(`  - ${plainText(item).trim()}`);
  }

  private noSuchConversation(id: string): number {
    process.stderr.write(
      `There is no conversation ${id}: the capture has ${this.analysis.structure.conversations.length}, numbered from 0.\n`,
    );
    return 1;
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
