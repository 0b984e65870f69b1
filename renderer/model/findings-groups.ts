import type { Finding } from '../../core/api.ts';
import type { Severity } from '../../core/verdict.ts';

/** Findings of one kind, the grave kinds first, then the frequent ones. */
export interface FindingGroup {
  readonly id: string;
  readonly severity: Severity;
  readonly findings: readonly Finding[];
}

const RANK = { error: 0, warning: 1, note: 2 } as const satisfies Record<Severity, number>;

/** The findings that the filters let through, grouped by kind and severity. */
export function groupFindings(
  findings: readonly Finding[],
  severities: readonly Severity[],
  text: string,
): readonly FindingGroup[] {
  const wanted = text.trim().toLowerCase();
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (severities.length > 0 && !severities.includes(finding.severity)) continue;
    if (wanted !== '' && !`${finding.sentence} ${finding.id} ${finding.fix}`.toLowerCase().includes(wanted)) {
      continue;
    }
    const name = `${finding.severity} ${finding.id}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [finding]);
    else group.push(finding);
  }
  return [...groups.values()]
    .flatMap(([first, ...rest]) =>
      first === undefined ? [] : [{ id: first.id, severity: first.severity, findings: [first, ...rest] }],
    )
    .toSorted((a, b) => RANK[a.severity] - RANK[b.severity] || b.findings.length - a.findings.length);
}

/** "chain-incomplete" as a heading. */
export function titleOfFinding(id: string): string {
  const words = id
    .split('-')
    .map((word) => (CAPITALS.has(word) ? word.toUpperCase() : word))
    .join(' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Words that are names of protocols, messages and codes. */
const CAPITALS: ReadonlySet<string> = new Set(
  'ack bye cancel dtls dtmf http ip nat psk rtcp rtp sdp sip srtp tcp tls'.split(' '),
);
