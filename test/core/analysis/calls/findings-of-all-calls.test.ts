import { describe, expect, test } from 'vitest';
import { PageAnswers } from '../../../../core/analysis/page-answers.ts';
import { KeyRing } from '../../../../core/keys/key-ring.ts';
import type { Finding } from '../../../../core/api.ts';
import { openDesk } from '../../../support/open-desk.ts';
import { labFile, openFiles } from '../../../support/open-lab.ts';
import type { ScriptLine } from '../../app/calls/tracked.ts';
import { openScript } from './call-captures.ts';

const A = '192.0.2.1:5060';
const P = '192.0.2.9:5060';

/** A call that is refused. */
function refused(number: number, status: string): readonly ScriptLine[] {
  const own = { callId: `c${number}`, branch: `b${number}`, cseq: '1 INVITE' };
  return [
    { at: number, from: A, to: P, say: 'INVITE', ...own },
    { at: number + 0.1, from: P, to: A, say: status, toTag: 'x', ...own },
    { at: number + 0.2, from: A, to: P, say: 'ACK', toTag: 'x', ...own, cseq: '1 ACK' },
  ];
}

const told = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ severity, sentence }) => `${severity}: ${sentence}`);

describe('the findings of all calls', () => {
  test('tell each refusal once, with the frames of its responses', async () => {
    const { calls } = await openScript([
      ...refused(1, '404'),
      ...refused(2, '404'),
      ...refused(3, '503'),
      ...refused(4, '486'),
      ...refused(5, '603'),
    ]);
    const findings = calls.captureFindings().filter(({ id }) => id === 'call-failed');
    expect(told(findings)).toEqual([
      'error: 2 calls were refused with 404 Not Found: frame 2, frame 5.',
      'error: A call was refused with 503 Service Unavailable: frame 8.',
    ]);
    expect(findings[0]?.fix).toMatch(/dial plan/);
  });

  test('name a registration that fails, and say nothing of one that was challenged first', async () => {
    const own = { callId: 'r', from: A, to: P };
    const round = (n: number, status: string): readonly ScriptLine[] => [
      { ...own, at: n, say: 'REGISTER', cseq: `${n} REGISTER`, branch: `r${n}` },
      {
        ...own,
        from: P,
        to: A,
        at: n + 0.1,
        say: status,
        cseq: `${n} REGISTER`,
        branch: `r${n}`,
        toTag: 'x',
      },
    ];
    const failed = await openScript([...round(1, '401'), ...round(2, '403')]);
    expect(told(failed.calls.captureFindings())).toContain(
      'error: A registration was refused with 403 Forbidden: frame 4.',
    );
    const registered = await openScript([...round(1, '401'), ...round(2, '200')]);
    expect(registered.calls.captureFindings()).toEqual([]);
  });

  test('stand among those of the capture, what SIPp made go wrong each by its name', async () => {
    const { analysis } = await openFiles([labFile('made/sipp-calls.pcap')], new KeyRing());
    const { calls } = new PageAnswers(analysis, ['sipp-calls.pcap']);
    const ids = calls.captureFindings().map(({ id, frames }) => [id, frames]);
    expect(ids).toContainEqual(['missing-ack', [17]]);
    expect(ids).toContainEqual(['answer-crossed-cancel', [10, 9]]);
    expect(ids.map(([id]) => id)).not.toContain('forked');
  });

  test('come to the page with the others', async () => {
    const desk = await openDesk(['made/sipp-calls.pcap']);
    const findings = await desk.request('capture.findings', null);
    expect(findings.map(({ id }) => id)).toContain('missing-ack');
    await desk.close();
  });
});
