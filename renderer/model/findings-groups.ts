import type { Finding } from '../../core/api.ts';
import type { Severity } from '../../core/verdict.ts';

/** Findings of one kind, the grave kinds first, then the frequent ones. */
export interface FindingGroup {
  readonly id: string;
  readonly severity: Severity;
  readonly findings: readonly Finding[];
}

/** Frames of one finding that are looked at for its first. */
const LOOKED_AT = 1000;
const RANK = { error: 0, warning: 1, note: 2 } as const satisfies Record<Severity, number>;

/** What the groups are sorted by; within a group the findings keep the host's order, but by frame theirs. */
export const FINDING_ORDERS = ['severity', 'count', 'name', 'frame'] as const;
export type FindingOrder = (typeof FINDING_ORDERS)[number];

/** The findings that the filters let through, grouped by kind and severity. */
export function groupFindings(
  findings: readonly Finding[],
  severities: readonly Severity[],
  text: string,
  order: FindingOrder = 'severity',
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
    .map((group) => (order === 'frame' ? { ...group, findings: group.findings.toSorted(byFrame) } : group))
    .toSorted((a, b) => COMPARE[order](a, b) || bySeverity(a, b));
}

const COMPARE: Readonly<Record<FindingOrder, (a: FindingGroup, b: FindingGroup) => number>> = {
  severity: bySeverity,
  count: (a, b) => b.findings.length - a.findings.length,
  name: (a, b) => a.id.localeCompare(b.id, 'en'),
  frame: (a, b) => firstFrame(a.findings[0]) - firstFrame(b.findings[0]),
};

function bySeverity(a: FindingGroup, b: FindingGroup): number {
  return RANK[a.severity] - RANK[b.severity] || b.findings.length - a.findings.length;
}

function byFrame(a: Finding, b: Finding): number {
  return firstFrame(a) - firstFrame(b);
}

/** What has no frame stands last. */
function firstFrame(finding: Finding | undefined): number {
  return finding === undefined || finding.frames.length === 0
    ? Number.MAX_SAFE_INTEGER
    : Math.min(...finding.frames.slice(0, LOOKED_AT));
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
