import { describe, expect, it } from 'vitest';
import { lockedStretches } from '../../../../core/app/calls/locked-stretches.ts';
import { sdpExchanges } from '../../../../core/app/calls/sdp-exchanges.ts';
import { labPlaintext } from '../lab-plaintext.ts';
import { SDP } from '../sip-messages.ts';
import { script, trackLab, type ScriptLine } from './tracked.ts';

const A = '192.0.2.1:5060';
const B = '192.0.2.2:5060';

function line(
  from: string,
  say: string,
  cseq: string,
  branch: string,
  more: Partial<ScriptLine> = {},
): ScriptLine {
  return { at: 0, from, to: from === A ? B : A, say, cseq, branch, ...more };
}

describe('sdpExchanges', () => {
  it('an INVITE offers, the first response with a description answers', () => {
    const tracker = script([
      line(A, 'INVITE', '1 INVITE', 'i', { body: SDP }),
      line(B, '180', '1 INVITE', 'i', { toTag: 'b' }),
      line(B, '183', '1 INVITE', 'i', { toTag: 'b', body: SDP }),
      line(B, '200', '1 INVITE', 'i', { toTag: 'b', body: SDP }),
      line(A, 'ACK', '1 ACK', 'a', { toTag: 'b' }),
      line(B, 'INVITE', '9 INVITE', 'r', { toTag: 'a', fromTag: 'b', body: SDP }),
      line(A, '200', '9 INVITE', 'r', { toTag: 'a', fromTag: 'b', body: SDP }),
    ]);
    expect(sdpExchanges(tracker, 0)).toEqual([
      { offer: 0, answer: 2, offerer: 0, answerer: 1, renegotiation: false },
      { offer: 5, answer: 6, offerer: 1, answerer: 0, renegotiation: true },
    ]);
  });

  it('an INVITE without one is offered to by the 200 and answered by the ACK', () => {
    const tracker = script([
      line(A, 'INVITE', '1 INVITE', 'i'),
      line(B, '200', '1 INVITE', 'i', { toTag: 'b', body: SDP }),
      line(A, 'ACK', '1 ACK', 'a', { toTag: 'b', body: SDP }),
      line(A, 'INVITE', '2 INVITE', 'j', { toTag: 'b', body: SDP }),
      line(B, '488', '2 INVITE', 'j', { toTag: 'b' }),
    ]);
    expect(sdpExchanges(tracker, 0)).toEqual([
      { offer: 1, answer: 2, offerer: 1, answerer: 0, renegotiation: false },
      { offer: 3, answer: null, offerer: 0, answerer: 1, renegotiation: true },
    ]);
  });

  it('real calls over a proxy: one exchange on each hop', () => {
    const tracker = trackLab(labPlaintext('13-baresip-srtp-sdes'));
    const exchanges = sdpExchanges(tracker, 2);
    expect(exchanges.length).toBe(2);
    for (const exchange of exchanges) expect(exchange.answer).toBeGreaterThan(exchange.offer);
  });
});

describe('lockedStretches', () => {
  const at = (seconds: number) => ({ seconds, nanoseconds: 0 });
  const opaque = (client: string, server: string, start: number, end: number) => ({
    conversation: `${client}-${server}`,
    client,
    server,
    start: at(start),
    end: at(end),
    cause: 'no-key',
    opaqueRecords: 3,
  });

  it('those between hosts of the call, while it went on', () => {
    const stretches = lockedStretches([A, '[2001:db8::1]:5061'], at(100), at(160), [
      opaque('203.0.113.9:1', '203.0.113.8:5061', 90, 170),
      opaque('192.0.2.1:999', '203.0.113.8:5061', 90, 110),
      opaque('[2001:db8::1]:777', '192.0.2.1:5061', 130, 170),
      opaque('192.0.2.1:999', '203.0.113.8:5061', 10, 99),
      opaque('192.0.2.1:999', '203.0.113.8:5061', 161, 170),
    ]);
    expect(stretches.map(({ client, from, to, hostsInCommon }) => [client, from, to, hostsInCommon])).toEqual(
      [
        ['[2001:db8::1]:777', 30, 60, 2],
        ['192.0.2.1:999', 0, 10, 1],
      ],
    );
  });
});
