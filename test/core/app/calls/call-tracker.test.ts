import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callLadder } from '../../../../core/app/calls/call-ladder.ts';
import { CallTracker } from '../../../../core/app/calls/call-tracker.ts';
import { describeLeg } from '../../../../core/app/calls/describe-leg.ts';
import { joinLegs } from '../../../../core/app/calls/join-legs.ts';
import { sipStatistics } from '../../../../core/app/calls/sip-statistics.ts';
import { labPlaintext } from '../lab-plaintext.ts';
import { bytesOf } from '../record-app-stream.ts';
import { SDP } from '../sip-messages.ts';
import { TORTURE_MESSAGES } from '../sip/torture-messages.ts';
import { legsOf, script, textOf, trackLab, type ScriptLine } from './tracked.ts';

const A = '192.0.2.1:5060';
const P = '192.0.2.9:5060';
const B = '192.0.2.2:5060';

function invite(at: number, more: Partial<ScriptLine> = {}): ScriptLine {
  return { at, from: A, to: P, say: 'INVITE', cseq: '1 INVITE', branch: 'i1', ...more };
}

/** A response to invite(), from P to A. */
function answer(at: number, say: string, more: Partial<ScriptLine> = {}): ScriptLine {
  return { at, from: P, to: A, say, cseq: '1 INVITE', branch: 'i1', toTag: 'b', ...more };
}

function ack(at: number, more: Partial<ScriptLine> = {}): ScriptLine {
  return { at, from: A, to: P, say: 'ACK', cseq: '1 ACK', branch: 'a1', toTag: 'b', ...more };
}

function bye(at: number, more: Partial<ScriptLine> = {}): ScriptLine {
  return { at, from: A, to: P, say: 'BYE', cseq: '2 BYE', branch: 'b1', toTag: 'b', ...more };
}

const byeOk = (at: number): ScriptLine => answer(at, '200', { cseq: '2 BYE', branch: 'b1' });

function only(lines: readonly ScriptLine[], end = 1100) {
  const legs = legsOf(script(lines), end);
  expect(legs.length).toBe(1);
  const [leg] = legs;
  if (leg === undefined) throw new Error('no leg');
  return leg;
}

describe('calls of the lab', () => {
  it('01-calls: two calls over a proxy, from ring to BYE', () => {
    const tracker = trackLab(labPlaintext('01-calls-tls10-aes256-sha'));
    const calls = legsOf(tracker, 2e9).filter((leg) => leg.kind === 'call');
    expect(
      calls.map((call) => [call.state, call.messages, call.decrypted, call.finalStatus, call.notes]),
    ).toEqual([
      ['completed', 13, 13, 200, []],
      ['completed', 13, 13, 200, []],
    ]);
    const [first] = calls;
    expect(first).toMatchObject({
      from: 'sip:1001@lab.example',
      to: 'sip:1002@lab.example',
      transports: ['TLS'],
    });
    // Frames' times of INVITE, 180, 200 and BYE on the caller's connection.
    expect(first?.requestDelay).toBeCloseTo(0.011017, 5);
    expect(first?.ringing).toBeCloseTo(0.010523, 5);
    expect(first?.setup).toBeCloseTo(0.02154, 5);
    expect(first?.duration).toBeCloseTo(0.071106, 5);
    expect(first?.endedBy).toBe(first?.source);
  });

  it('01-sipp: 25 calls in one connection', () => {
    const calls = legsOf(trackLab(labPlaintext('01-sipp-stunnel-aes128-gcm')), 2e9);
    expect(calls.length).toBe(25);
    for (const call of calls) {
      expect([call.kind, call.state, call.messages, call.notes]).toEqual(['call', 'completed', 6, []]);
      expect(call.duration).toBeGreaterThan(0.05);
    }
  });

  it('13-baresip: registrations with their digest rounds, and a BYE that nobody answered', () => {
    for (const name of ['13-baresip-srtp-sdes', '13-baresip-rtp-plain'] as const) {
      const legs = legsOf(trackLab(labPlaintext(name)), 2e9);
      expect(legs.map((leg) => [leg.kind, leg.state, leg.expires])).toEqual([
        ['registration', 'completed', 600],
        ['registration', 'completed', 600],
        ['call', 'completed', null],
      ]);
      expect(legs[2]?.notes).toEqual(['bye-without-answer']);
      expect(legs[2]?.duration).toBeGreaterThan(7.9);
      expect(legs[0]?.requestDelay).toBeLessThan(0.01);
    }
  });
});

describe('the state of a call', () => {
  it('goes from calling over ringing to completed', () => {
    const lines = [
      invite(0, { body: SDP }),
      { at: 0.1, from: P, to: A, say: '100', cseq: '1 INVITE', branch: 'i1' },
      answer(1, '180'),
      answer(4, '200', { body: SDP }),
      ack(4.1),
      bye(64.1),
      byeOk(64.2),
    ];
    const states = lines.map((_, i) => only(lines.slice(0, i + 1), 1001).state);
    expect(states).toEqual([
      'calling',
      'proceeding',
      'ringing',
      'in-call',
      'in-call',
      'completed',
      'completed',
    ]);
    expect(only(lines)).toMatchObject({
      requestDelay: 1,
      ringing: 3,
      setup: 4,
      finalStatus: 200,
      finalFrom: P,
      endedBy: A,
      notes: [],
      dialogs: 1,
    });
    expect(only(lines).duration).toBeCloseTo(60.1);
  });

  it('names each refusal', () => {
    const states = ['486', '600', '603', '302', '404', '503', '408', '487', '401'].map(
      (say) => only([invite(0), answer(1, say), ack(1.1, { branch: 'i1' })]).state,
    );
    expect(states).toEqual([
      'busy',
      'busy',
      'declined',
      'redirected',
      'failed',
      'failed',
      'timed-out',
      'cancelled',
      'challenged',
    ]);
  });

  it('a challenge is followed by the next try', () => {
    const leg = only([
      invite(0),
      answer(0.1, '407'),
      ack(0.2, { branch: 'i1' }),
      invite(0.3, { cseq: '2 INVITE', branch: 'i2', headers: ['Proxy-Authorization: Digest x="y"'] }),
      answer(1.3, '180', { cseq: '2 INVITE', branch: 'i2' }),
      answer(2.3, '200', { cseq: '2 INVITE', branch: 'i2' }),
      ack(2.4, { cseq: '2 ACK' }),
    ]);
    expect(leg).toMatchObject({ state: 'in-call', requestDelay: 1.3, setup: 2.3, notes: [] });
  });

  it('an answer that crosses the CANCEL stands', () => {
    const cancel: ScriptLine = { at: 2, from: A, to: P, say: 'CANCEL', cseq: '1 CANCEL', branch: 'i1' };
    const leg = only([
      invite(0),
      answer(1, '180'),
      cancel,
      answer(2.01, '200'),
      answer(2.02, '200', { cseq: '1 CANCEL' }),
      ack(2.1),
      bye(2.2),
      byeOk(2.3),
    ]);
    expect(leg).toMatchObject({ state: 'completed', notes: ['answer-crossed-cancel'] });
    const cancelled = only([
      invite(0),
      answer(1, '180'),
      cancel,
      answer(2.02, '200', { cseq: '1 CANCEL' }),
      answer(2.03, '487'),
      ack(2.1, { branch: 'i1' }),
    ]);
    expect(cancelled).toMatchObject({ state: 'cancelled', endedBy: A, notes: [] });
  });

  it('a fork: the first 2xx wins, a refusal before it does not', () => {
    const leg = only([
      invite(0),
      answer(1, '180', { toTag: 'b1' }),
      answer(1.1, '180', { toTag: 'b2' }),
      answer(3, '200', { toTag: 'b2' }),
      ack(3.1, { toTag: 'b2' }),
    ]);
    expect(leg).toMatchObject({ state: 'in-call', dialogs: 2, notes: ['forked'] });
    const late = [
      invite(0),
      answer(1, '486', { toTag: 'b1' }),
      answer(2, '200', { toTag: 'b2' }),
      ack(2.1, { toTag: 'b2' }),
    ];
    expect(only(late)).toMatchObject({ state: 'in-call', finalStatus: 200, setup: 2 });
    const afterwards = [invite(0), answer(1, '200'), ack(1.1), answer(1.2, '486', { toTag: 'b1' })];
    expect(only(afterwards)).toMatchObject({ state: 'in-call', finalStatus: 200 });
  });

  it('a branch that is used twice does not mix two calls up, nor two requests of one', () => {
    const lines = ['one', 'two'].flatMap((callId, i) => [
      invite(i, { callId }),
      answer(i + 0.5, i === 0 ? '486' : '200', { callId }),
      ack(i + 0.6, { callId, branch: i === 0 ? 'i1' : 'a1' }),
    ]);
    expect(legsOf(script(lines)).map((leg) => [leg.state, leg.retransmissions])).toEqual([
      ['busy', 0],
      ['in-call', 0],
    ]);
    const again = [
      invite(0),
      answer(0.5, '407'),
      invite(1, { cseq: '2 INVITE' }),
      answer(2, '200', { cseq: '2 INVITE' }),
    ];
    expect(only([...again, ack(2.1, { cseq: '2 ACK' })])).toMatchObject({
      state: 'in-call',
      retransmissions: 0,
    });
  });

  it('retransmissions are counted and no new transactions', () => {
    const leg = only([
      invite(0),
      invite(0.5),
      invite(1.5),
      answer(2, '180'),
      answer(2.1, '180'),
      answer(3, '200'),
      answer(3.5, '200'),
      ack(3.6),
      ack(3.7),
    ]);
    expect(leg).toMatchObject({ retransmissions: 4, notes: ['retransmissions'], state: 'in-call', setup: 3 });
  });

  it('a missing ACK, an unanswered INVITE, an unanswered BYE', () => {
    expect(only([invite(0), answer(1, '200'), answer(1.5, '200'), answer(2.5, '200')]).notes).toEqual([
      'retransmissions',
      'missing-ack',
    ]);
    expect(only([invite(0)], 1100)).toMatchObject({ state: 'timed-out', notes: ['request-without-answer'] });
    expect(only([invite(0)], 1001)).toMatchObject({ state: 'calling', notes: [] });
    expect(only([invite(0), answer(1, '200'), ack(1.1), bye(5)]).notes).toEqual(['bye-without-answer']);
  });

  it('an authentication loop, but not registrations that are challenged each time', () => {
    const rounds = (tries: number, ok: boolean): ScriptLine[] =>
      Array.from({ length: tries }, (_, i) => {
        const common = { cseq: `${i + 1} REGISTER`, branch: `r${i}` };
        const accepted = ok && i % 2 === 1;
        return [
          { at: i, from: A, to: P, say: 'REGISTER', ...common },
          { at: i + 0.1, from: P, to: A, say: accepted ? '200' : '401', toTag: 't', ...common },
        ];
      }).flat();
    expect(only(rounds(6, false))).toMatchObject({ state: 'challenged', notes: ['authentication-loop'] });
    expect(only(rounds(8, true))).toMatchObject({ state: 'completed', notes: [], kind: 'registration' });
  });

  it('a loop is not a fork to one host', () => {
    const second = 'Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKother';
    expect(
      only([invite(0), invite(0.1, { branch: 'i2', headers: [second] }), answer(0.2, '482')]).notes,
    ).toContain('loop');
    const fork = only([invite(0), invite(0.1, { branch: 'i2' }), answer(1, '200'), ack(1.1)]);
    expect(fork.notes).not.toContain('loop');
  });

  it('a call that began before the capture', () => {
    expect(only([bye(0), byeOk(0.1)])).toMatchObject({
      state: 'seen-in-part',
      kind: 'call',
      notes: ['began-before-capture'],
    });
    expect(only([answer(0, '200'), ack(0.1), bye(3), byeOk(3.1)])).toMatchObject({
      notes: ['began-before-capture'],
    });
  });

  it('a re-INVITE that fails does not change how the call was set up', () => {
    const leg = only([
      invite(0),
      answer(1, '200'),
      ack(1.1),
      invite(10, { cseq: '2 INVITE', branch: 'i2', toTag: 'b' }),
      answer(10.1, '488', { cseq: '2 INVITE', branch: 'i2' }),
      ack(10.2, { cseq: '2 ACK', branch: 'i2' }),
    ]);
    expect(leg).toMatchObject({ state: 'in-call', finalStatus: 200, dialogs: 1, notes: [] });
  });

  it('early media', () => {
    expect(only([invite(0), answer(1, '183', { body: SDP }), answer(2, '200'), ack(2.1)]).notes).toEqual([
      'early-media',
    ]);
  });

  it('a subscription and what it was told', () => {
    const leg = only([
      {
        at: 0,
        from: A,
        to: P,
        say: 'SUBSCRIBE',
        cseq: '1 SUBSCRIBE',
        branch: 's',
        headers: ['Event: dialog', 'Expires: 60'],
      },
      answer(0.1, '200', { cseq: '1 SUBSCRIBE', branch: 's' }),
      {
        at: 0.2,
        from: P,
        to: A,
        say: 'NOTIFY',
        cseq: '9 NOTIFY',
        branch: 'n',
        toTag: 'a',
        fromTag: 'b',
        headers: ['Event: dialog', 'Subscription-State: active;expires=60'],
      },
      { at: 0.3, from: A, to: P, say: '200', cseq: '9 NOTIFY', branch: 'n', toTag: 'a', fromTag: 'b' },
    ]);
    expect(leg).toMatchObject({
      kind: 'subscription',
      event: 'dialog',
      subscriptionState: 'active',
      dialogs: 1,
      notes: [],
    });
  });
});

describe('a fork of which two branches answer', () => {
  const lines = [
    invite(0),
    answer(0.5, '180'),
    answer(0.6, '180', { toTag: 'c' }),
    answer(1, '200'),
    ack(1.01),
    answer(1.1, '200', { toTag: 'c' }),
    ack(1.11, { toTag: 'c', branch: 'a2' }),
    bye(1.12, { toTag: 'c', branch: 'b2' }),
    answer(1.2, '200', { cseq: '2 BYE', branch: 'b2', toTag: 'c' }),
  ];
  const hungUp = [bye(5, { cseq: '3 BYE' }), answer(5.1, '200', { cseq: '3 BYE', branch: 'b1' })];

  it('goes on when the one too many is hung up', () => {
    expect(only(lines)).toMatchObject({ state: 'in-call', duration: null, endedBy: '' });
  });

  it('lasts until the other ends, whichever that is', () => {
    expect(only([...lines, ...hungUp])).toMatchObject({ state: 'completed', duration: 4, endedBy: A });
    const other = lines.map((line) =>
      line.say === 'BYE' || line.cseq === '2 BYE' ? { ...line, toTag: 'b' } : line,
    );
    const last = hungUp.map((line) => ({ ...line, toTag: 'c' }));
    expect(only([...other, ...last])).toMatchObject({ state: 'completed', duration: 4 });
  });

  it('is over with its BYE where another hop has other tags', () => {
    const hop = lines.map((line): ScriptLine => {
      const isSecond = line.toTag === 'c';
      return isSecond ? { ...line, from: line.from === P ? B : P, to: line.to === A ? P : B } : line;
    });
    const end = bye(3, { branch: 'b9', cseq: '4 BYE' });
    expect(only([...hop.filter(({ cseq }) => cseq !== '2 BYE'), end]).state).toBe('completed');
  });
});

describe('transports', () => {
  it('name WebSocket where the topmost Via does, by what carries it', () => {
    const via = (transport: string, below: string): string =>
      textOf(invite(0)).replace(
        'SIP/2.0/UDP 192',
        `SIP/2.0/${transport} x;branch=z9hG4bKx\r\nVia: SIP/2.0/${below} 192`,
      );
    const transportsOf = (text: string, transport: string): readonly string[] => {
      const tracker = new CallTracker();
      const bytes = bytesOf(text);
      const base = {
        message: 0,
        frame: 1,
        seconds: 0,
        nanoseconds: 0,
        conversation: 0,
        direction: 0,
      } as const;
      tracker.add({
        ...base,
        source: A,
        destination: P,
        transport,
        decrypted: false,
        bytes,
        from: 0,
        to: bytes.length,
      });
      return legsOf(tracker)[0]?.transports ?? [];
    };
    expect(transportsOf(via('WSS', 'UDP'), 'TLS')).toEqual(['WSS']);
    expect(transportsOf(via('WSS', 'UDP'), 'TCP')).toEqual(['WS']);
    expect(transportsOf(via('ws ', 'UDP'), 'TCP')).toEqual(['WS']);
    expect(transportsOf(via('TLS', 'WSS'), 'TLS')).toEqual(['TLS']);
    expect(transportsOf(via('UDP', 'WSS'), 'UDP')).toEqual(['UDP']);
  });
});

describe('joinLegs', () => {
  const second = (more: Partial<ScriptLine>): ScriptLine =>
    invite(0.2, { from: '192.0.2.9:5080', to: B, callId: 'two', branch: 'j1', fromTag: 'c', ...more });
  /** With no number in common. */
  const stranger = (more: Partial<ScriptLine>): ScriptLine => second({ caller: 'zed', ...more });
  const groups = (lines: readonly ScriptLine[]) =>
    joinLegs(script(lines)).map(({ legs, joins }) => [legs, joins.map((join) => join.ground)]);

  describe('on one machine', () => {
    const M = '127.0.0.1';
    const one = invite(0, { from: `${M}:5070`, to: `${M}:5060` });

    it('goes by endpoints: what came to one goes on from there', () => {
      const on = second({ from: `${M}:5060`, to: `${M}:5080`, caller: 'anonymous' });
      expect(groups([one, on])).toEqual([[[0, 1], ['likeness']]]);
    });

    it('by both numbers soon after where it goes on from another port', () => {
      const on = second({ from: `${M}:41234`, to: `${M}:5080` });
      expect(groups([one, on])).toEqual([[[0, 1], ['likeness']]]);
    });

    it('keeps calls of several to the same apart', () => {
      const others = [
        second({ from: `${M}:5071`, to: `${M}:5060`, caller: 'carol' }),
        second({ from: `${M}:5072`, to: `${M}:5060`, callId: 'three', branch: 'k1', fromTag: 'd' }),
      ];
      expect(groups([one, ...others]).map(([legs]) => legs)).toEqual([[0], [1], [2]]);
    });
  });

  it('by Session-ID, by a header, by Replaces', () => {
    const uuid = 'ab30317f1a784dc48ff824d0d3715d86';
    const other = '47755a9de7794ba387653f2099600ef2';
    expect(
      groups([
        invite(0, { user: 'x', headers: [`Session-ID: ${uuid};remote=${'0'.repeat(32)}`] }),
        second({ headers: [`Session-ID: ${uuid};remote=${other}`] }),
      ]),
    ).toEqual([[[0, 1], ['session-id']]]);
    expect(groups([invite(0, { user: 'x' }), second({ headers: ['X-CID: one'] })])).toEqual([
      [[0, 1], ['call-id-header']],
    ]);
    expect(
      groups([invite(0, { user: 'x' }), second({ headers: ['Replaces: one;to-tag=b;from-tag=a'] })]),
    ).toEqual([[[0, 1], ['replaces']]]);
    expect(
      groups([
        invite(0, { user: 'x' }),
        second({ headers: ['Refer-To: <sip:b@c?Replaces=one%3Bto-tag%3Db>'] }),
      ]),
    ).toEqual([[[0, 1], ['replaces']]]);
  });

  it('by the other Call-ID in any extension header, alone or among other words', () => {
    const callId = '3c26-9f7a@192.0.2.1';
    const first = invite(0, { user: 'x', callId });
    for (const header of [`X-Leg-A: ${callId}`, `Related-Call-ID: <${callId}>`, `P-Of: v=1;leg="${callId}"`])
      expect(groups([first, stranger({ headers: [header] })]), header).toEqual([
        [[0, 1], ['call-id-header']],
      ]);
    // A call back, and a word that is no Call-ID.
    for (const header of [`In-Reply-To: ${callId}`, 'X-Leg-A: 3c26-9f7a@192.0.2.2'])
      expect(groups([first, stranger({ headers: [header] })]), header).toEqual([
        [[0], []],
        [[1], []],
      ]);
  });

  it('by an id that a header gives to the whole call', () => {
    const header = (id: string): string[] => [`P-Charging-Vector: icid-value="${id}";orig-ioi=home`];
    const first = invite(0, { user: 'x', headers: header('1234bc9876e') });
    expect(groups([first, stranger({ headers: header('1234bc9876e') })])).toEqual([
      [[0, 1], ['correlation-header']],
    ]);
    expect(groups([first, stranger({ headers: header('1234bc9876f') })]).length).toBe(2);
  });

  it('by nothing but the media address, which no other call has at the time', () => {
    const first = invite(0, { user: 'x', caller: 'y', body: SDP });
    const other = SDP.replace('4000', '4010');
    expect(other).not.toBe(SDP);
    expect(groups([first, stranger({ body: SDP })])).toEqual([[[0, 1], ['likeness']]]);
    expect(groups([first, stranger({ body: other })]).length).toBe(2);
  });

  it('by number, time and host, unless one was over', () => {
    expect(groups([invite(0), second({})])).toEqual([[[0, 1], ['likeness']]]);
    expect(groups([invite(0, { user: '+4930123456789' }), second({ user: '0123456789' })])).toEqual([
      [[0, 1], ['likeness']],
    ]);
    expect(groups([invite(0), second({ user: 'carol', caller: 'dave' })])).toEqual([
      [[0], []],
      [[1], []],
    ]);
    expect(groups([invite(0), second({ at: 11 })])).toEqual([
      [[0], []],
      [[1], []],
    ]);
    const elsewhere = { from: '192.0.2.77:5060' };
    const joined = [[[0, 1], ['likeness']]];
    expect(groups([invite(0), second({ user: 'carol' })])).toEqual(joined);
    expect(groups([invite(0), second(elsewhere)])).toEqual(joined);
    expect(groups([invite(0), second({ to: P, from: A })]).length).toBe(2);
    expect(groups([invite(0), second({ ...elsewhere, user: 'carol' })]).length).toBe(2);
    expect(
      groups([invite(0, { caller: 'anonymous' }), second({ ...elsewhere, caller: 'anonymous' })]).length,
    ).toBe(2);
    expect(groups([invite(0), second({ ...elsewhere, at: 3 })])).toEqual([
      [[0], []],
      [[1], []],
    ]);
    expect(groups([invite(0), answer(0.1, '486'), second({})])).toEqual([
      [[0], []],
      [[1], []],
    ]);
    expect(groups([invite(0, { body: SDP }), second({ from: '192.0.2.77:5060', body: SDP })])).toEqual([
      [[0, 1], ['likeness']],
    ]);
  });

  it('many calls alike through one B2BUA: each goes on once', () => {
    const lines = Array.from({ length: 10 }, (_, i) => [
      invite(i / 100, { callId: `in${i}`, branch: `x${i}` }),
      second({ at: i / 100 + 0.002, callId: `out${i}`, branch: `y${i}` }),
    ]).flat();
    expect(groups(lines)).toEqual(Array.from({ length: 10 }, (_, i) => [[2 * i, 2 * i + 1], ['likeness']]));
  });

  it('the user has the last word', () => {
    const tracker = script([invite(0), second({}), second({ callId: 'three', user: 'z' })]);
    const said = joinLegs(tracker, { joined: [['one', 'three']], separated: [['two', 'one']] });
    expect(said.map((group) => group.legs)).toEqual([[0, 2], [1]]);
    expect(said[0]?.joins[0]?.ground).toBe('user');
    // Not over a third leg either.
    const three = [
      invite(0),
      second({}),
      second({ at: 0.3, callId: 'three', branch: 'k', headers: ['X-CID: one'] }),
    ];
    const apart = joinLegs(script(three), { joined: [], separated: [['three', 'two']] });
    expect(apart.map((group) => group.legs)).toEqual([[0, 2], [1]]);
  });
});

describe('callLadder', () => {
  it('has a column for each endpoint and a step for each message', () => {
    const tracker = script([
      invite(0),
      answer(0.5, '180'),
      answer(0.5, '180'),
      answer(2, '200', { body: SDP }),
    ]);
    expect(callLadder(tracker, [0])).toMatchObject({
      endpoints: [A, P],
      complete: true,
      steps: [
        { from: 0, to: 1, method: 'INVITE', status: 0, isRequest: true, relative: 0, delay: 0 },
        { from: 1, to: 0, method: 'INVITE', status: 180, retransmission: false, relative: 0.5, delay: 0.5 },
        { from: 1, to: 0, status: 180, retransmission: true, delay: 0 },
        { from: 1, to: 0, status: 200, hasSdp: true, relative: 2, delay: 1.5 },
      ],
    });
    expect(callLadder(tracker, [0], 2)).toMatchObject({ complete: false });
  });
});

describe('sipStatistics', () => {
  it('counts transactions, not messages', () => {
    const tracker = script([
      invite(0),
      invite(0.5),
      answer(1, '180'),
      answer(3, '200'),
      ack(3.1),
      bye(5),
      byeOk(5.5),
    ]);
    expect(
      sipStatistics(tracker).map(({ method, requests, retransmissions, finals, median }) => [
        method,
        requests,
        retransmissions,
        [...finals],
        median,
      ]),
    ).toEqual([
      ['INVITE', 1, 1, [[200, 1]], 3],
      ['BYE', 1, 0, [[200, 1]], 0.5],
    ]);
  });
});

describe('hostile messages', () => {
  const given = {
    message: 0,
    frame: 1,
    seconds: 0,
    nanoseconds: 0,
    conversation: 0,
    direction: 0 as const,
    source: A,
    destination: P,
    transport: 'UDP',
    decrypted: false,
  };

  it('never throw', () => {
    const texts = TORTURE_MESSAGES.map(({ text }) => text);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...texts), fc.nat(900), fc.nat(255), fc.nat(2000)), {
          maxLength: 20,
        }),
        (changes) => {
          const tracker = new CallTracker();
          for (const [text, at, value, cut] of changes) {
            const bytes = bytesOf(text).slice(0, Math.max(30, cut));
            bytes[at % bytes.length] = value;
            tracker.add({ ...given, bytes, from: 0, to: bytes.length });
          }
          legsOf(tracker);
          joinLegs(tracker);
          sipStatistics(tracker);
          callLadder(
            tracker,
            Array.from({ length: tracker.legs.length }, (_, leg) => leg),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('a million forks of one call cost bounded work for each', () => {
    const tracker = new CallTracker();
    const started = performance.now();
    for (let i = 0; i < 20_000; i++) {
      const text = `SIP/2.0 180 Ringing\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKsame\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:b>;tag=${i}\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n\r\n`;
      const bytes = bytesOf(text);
      tracker.add({ ...given, bytes, from: 0, to: bytes.length });
    }
    expect(tracker.dialogs.length).toBe(64);
    expect(describeLeg(tracker, 0).dialogs).toBe(64);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
