import { describe, expect, test } from 'vitest';
import { CallReporter } from '../../../../core/analysis/calls/call-report.ts';
import { PageAnswers } from '../../../../core/analysis/page-answers.ts';
import { openLab, type LabKey } from '../../../support/open-lab.ts';

async function callsOf(id: string, keys?: readonly LabKey[]): Promise<CallReporter> {
  const { analysis } = await openLab(id, keys);
  return new CallReporter(new PageAnswers(analysis, [id]));
}

describe('calls out of encrypted signalling', () => {
  test('twenty-five calls of one connection are told apart', async () => {
    const calls = [...(await callsOf('01-sipp-stunnel-aes128-gcm')).calls()];
    expect(calls).toHaveLength(25);
    for (const { legs } of calls) {
      expect(legs).toHaveLength(1);
      expect(legs[0]).toMatchObject({
        state: 'completed',
        finalStatus: 200,
        messages: 6,
        decrypted: 6,
        transports: ['TLS'],
      });
      expect(legs[0]?.setup).toBeGreaterThan(0);
    }
  });

  test('a call between two phones and what they registered before it', async () => {
    const reporter = await callsOf('13-baresip-rtp-plain');
    const [call] = reporter.calls();
    expect(call?.legs[0]).toMatchObject({ state: 'completed', finalStatus: 200 });
    // The phones' own logs: a call of eight seconds.
    expect(call?.legs[0]?.duration).toBeCloseTo(7.957, 2);
    expect(reporter.legs().filter((leg) => leg.kind === 'registration')).toHaveLength(2);
  });

  test('messages are named by their numbers in the list', async () => {
    const { analysis } = await openLab('13-baresip-rtp-plain');
    const answers = new PageAnswers(analysis, ['x']);
    const reporter = new CallReporter(answers);
    for (const leg of reporter.legs()) {
      const row = answers.messageRow(leg.firstMessage);
      expect(row?.callId).toBe(leg.callId);
      expect(answers.messageRow(leg.lastMessage)?.callId).toBe(leg.callId);
      expect(leg.lastMessage).toBeGreaterThan(leg.firstMessage);
    }
  });

  test('where nothing can be read there are only inferred ones', async () => {
    const calls = [...(await callsOf('01-sipp-stunnel-aes128-gcm', [])).calls()];
    expect(calls.map(({ row, legs, lockedConversations }) => [row.kind, legs, lockedConversations])).toEqual([
      ['locked', [], ['0']],
    ]);
  });
});
