import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../core/api.ts';
import { groupFindings, titleOfFinding } from '../../../renderer/model/findings-groups.ts';

const finding = (id: string, severity: Finding['severity'], sentence = ''): Finding => ({
  id,
  severity,
  sentence,
  rich: [],
  frames: [],
  fix: '',
  confidence: 'certain',
  conversation: null,
});
const ALL = [
  finding('weak-signature', 'note'),
  finding('snapped', 'warning'),
  finding('chain-incomplete', 'warning', 'Intermediate missing'),
  finding('chain-incomplete', 'warning'),
  finding('handshake-failed', 'error'),
  finding('chain-incomplete', 'error'),
];

describe('groupFindings', () => {
  it('puts the grave kinds first, then the frequent ones, and never mixes severities', () => {
    expect(
      groupFindings(ALL, [], '').map((group) => [group.severity, group.id, group.findings.length]),
    ).toEqual([
      ['error', 'handshake-failed', 1],
      ['error', 'chain-incomplete', 1],
      ['warning', 'chain-incomplete', 2],
      ['warning', 'snapped', 1],
      ['note', 'weak-signature', 1],
    ]);
  });
  it('sorts by number, name, or where the first one is', () => {
    const at = (frames: readonly number[], id: string): Finding => ({ ...finding(id, 'note'), frames });
    const seen = [at([90], 'b'), at([], 'c'), at([40, 30], 'b'), at([50], 'a'), finding('d', 'error')];
    const ids = (order: 'count' | 'name' | 'frame'): string =>
      groupFindings(seen, [], '', order)
        .map(({ id }) => id)
        .join('');
    expect(ids('count')).toBe('bdca');
    expect(ids('name')).toBe('abcd');
    expect(ids('frame')).toBe('badc');
    expect(groupFindings(seen, [], '', 'frame')[0]?.findings.map(({ frames }) => frames[0])).toEqual([
      40, 90,
    ]);
  });
  it('filters by severity and text', () => {
    expect(groupFindings(ALL, ['warning'], 'INTERMEDIATE').flatMap((group) => group.findings)).toHaveLength(
      1,
    );
    expect(groupFindings(ALL, ['note'], 'nothing')).toEqual([]);
  });
  it('makes a heading of an id', () => {
    expect(titleOfFinding('which-keys-can-work')).toBe('Which keys can work');
    expect(titleOfFinding('http-on-sip-port')).toBe('HTTP on SIP port');
  });
});
