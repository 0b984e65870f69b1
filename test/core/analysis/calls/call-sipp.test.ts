import { describe, expect, test } from 'vitest';
import { PageAnswers } from '../../../../core/analysis/page-answers.ts';
import { KeyRing } from '../../../../core/keys/key-ring.ts';
import { labFile, openFiles } from '../../../support/open-lab.ts';

describe('calls that SIPp made', () => {
  test('have the right states, times and remarks', async () => {
    const { analysis } = await openFiles([labFile('made/sipp-calls.pcap')], new KeyRing());
    const { calls } = new PageAnswers(analysis, ['sipp-calls.pcap']);
    const { rows } = calls.callWindow({ text: '', states: [] }, 0, 10);
    // Frames by tshark: the scenarios say what is to happen, and nothing else does.
    expect(
      rows.map(({ state, finalStatus, messages, notes, firstFrame }) => [
        state,
        finalStatus,
        messages,
        notes,
        firstFrame,
      ]),
    ).toEqual([
      ['cancelled', 487, 6, [], 1],
      ['completed', 200, 8, ['answer-crossed-cancel'], 7],
      ['completed', 200, 7, ['retransmissions', 'missing-ack'], 15],
      ['completed', 200, 9, [], 22],
      ['completed', 200, 7, ['forked'], 31],
    ]);
    const [cancelled, crossed, lost, again, fork] = rows.map(({ call }) => calls.detail(call));
    expect(cancelled?.row.endedBy).toBe(cancelled?.row.source);
    expect(crossed?.findings.map(({ id, frames }) => [id, frames])).toEqual([
      ['answer-crossed-cancel', [10, 9]],
    ]);
    expect(lost?.findings.find(({ id }) => id === 'missing-ack')?.frames).toEqual([17]);
    expect(again?.arrows.filter(({ detail }) => detail === 're-INVITE')).toHaveLength(1);
    expect(fork?.findings.map(({ id }) => id)).toEqual(['forked']);
    // One machine, two programs: a column for each.
    expect(fork?.columns).toHaveLength(2);
  });
});
