import { describe, expect, test } from 'vitest';
import { CallReporter } from '../../../core/analysis/call-report.ts';
import { openLab, type OpenedLab } from '../../support/open-lab.ts';

function callsOf(opened: OpenedLab): CallReporter {
  return new CallReporter(opened.analysis, opened.messages, opened.frames, opened.conversations);
}

describe('calls out of encrypted signalling', () => {
  test('twenty-five calls of one connection are told apart', async () => {
    const calls = callsOf(await openLab('01-sipp-stunnel-aes128-gcm')).calls();
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
    const reporter = callsOf(await openLab('13-baresip-rtp-plain'));
    const [call] = reporter.calls();
    expect(call?.legs[0]).toMatchObject({ state: 'completed', finalStatus: 200 });
    // The phones' own logs: a call of eight seconds.
    expect(call?.legs[0]?.duration).toBeCloseTo(7.957, 2);
    expect(reporter.legs().filter((leg) => leg.kind === 'registration')).toHaveLength(2);
  });

  test('there is none where nothing can be read', async () => {
    expect(callsOf(await openLab('01-sipp-stunnel-aes128-gcm', [])).calls()).toEqual([]);
  });
});
