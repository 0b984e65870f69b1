import { describe, expect, test } from 'vitest';
import { PageAnswers } from '../../../../core/analysis/page-answers.ts';
import { decodeResult } from '../../../../core/api-decode.ts';
import { openLab, type LabKey } from '../../../support/open-lab.ts';
import { SDP } from '../../app/sip-messages.ts';
import type { ScriptLine } from '../../app/calls/tracked.ts';
import { openScript } from './call-captures.ts';

const ALL = { text: '', states: [] };

async function answersOf(id: string, keys?: readonly LabKey[]): Promise<PageAnswers> {
  const { analysis } = await openLab(id, keys);
  return new PageAnswers(analysis, [id]);
}

// Taken by hand from tshark's frame.number, frame.time_relative, ports, sip.Method and sip.Status-Code.
const TRUTH = [
  ['01-calls-tls10-aes256-sha', 0, { frame: 27, setup: 0.02154, duration: 0.071106, messages: 13 }],
  ['01-calls-tls10-aes256-sha', 1, { frame: 47, setup: 0.021893, duration: 0.071224, messages: 13 }],
  ['01-sipp-stunnel-aes128-gcm', 0, { frame: 11, setup: 0.001589, duration: 0.066498, messages: 6 }],
  ['01-sipp-stunnel-aes128-gcm', 14, { frame: 138, setup: 0.003466, duration: 0.064311, messages: 6 }],
  ['13-baresip-rtp-plain', 0, { frame: 27, setup: 0.049349, duration: 7.95735, messages: 12 + 2 }],
  ['13-baresip-srtp-sdes', 0, { frame: 26, setup: 0.044014, duration: 7.960375, messages: 12 + 2 }],
] as const;

describe('the calls of the lab', () => {
  test.each(TRUTH)('%s, call %i: as tshark has it', async (id, at, truth) => {
    const { calls } = await answersOf(id);
    const row = calls.callWindow(ALL, at, 1).rows[0];
    expect(row).toMatchObject({
      kind: 'read',
      state: 'completed',
      finalStatus: 200,
      firstFrame: truth.frame,
      messages: truth.messages,
      decrypted: truth.messages,
      transports: ['TLS'],
      legs: 1,
      locked: 0,
    });
    expect(row?.setup).toBeCloseTo(truth.setup, 6);
    expect(row?.duration).toBeCloseTo(truth.duration, 6);
  });

  test('twenty-five calls of one connection, each with its own times', async () => {
    const { calls } = await answersOf('01-sipp-stunnel-aes128-gcm');
    const { rows } = calls.callWindow(ALL, 0, 100);
    // Microseconds from INVITE to 200, by tshark.
    const setups = [
      1589, 1320, 1301, 1382, 1414, 1382, 1397, 1965, 1348, 1600, 1977, 1347, 1364, 1321, 3466, 1414, 1330,
      2353, 1421, 1311, 1358, 1341, 1331, 1340, 1354,
    ];
    expect(rows.map(({ setup }) => Math.round((setup ?? 0) * 1e6))).toEqual(setups);
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(['completed']));
  });

  test('both legs of a call over a proxy, host by host', async () => {
    const { calls } = await answersOf('01-calls-tls10-aes256-sha');
    const detail = calls.detail('call-17de2218c622');
    expect(detail?.columns.map(({ host }) => host)).toEqual([
      '127.0.0.1:56454',
      '127.0.0.1:5061',
      '127.0.0.1:56470',
    ]);
    expect(detail?.arrows.map(({ frame, from, to, label }) => [frame, from, to, label])).toEqual([
      [27, 0, 1, 'INVITE'],
      [28, 1, 0, '100 trying -- your call is important to us'],
      [29, 1, 2, 'INVITE'],
      [31, 2, 1, '180 Ringing'],
      [32, 1, 0, '180 Ringing'],
      [34, 2, 1, '200 OK'],
      [36, 1, 0, '200 OK'],
      [37, 0, 1, 'ACK'],
      [38, 1, 2, 'ACK'],
      [41, 0, 1, 'BYE'],
      [43, 1, 2, 'BYE'],
      [45, 2, 1, '200 OK'],
      [46, 1, 0, '200 OK'],
    ]);
    // The phone took the call, the proxy only passed its answer on.
    expect(detail?.row.finalFrom).toBe('127.0.0.1:56470');
    expect(detail?.row.endedBy).toBe('127.0.0.1:56454');
    expect(detail?.negotiations).toMatchObject([
      { offerFrame: 27, answerFrame: 36, active: true, direction: 'sendrecv', remarks: [] },
    ]);
    expect(detail?.findings).toEqual([]);
  });

  test('media go from phone to phone, though all have one address', async () => {
    const { calls } = await answersOf('13-baresip-rtp-plain');
    const detail = calls.detail('98e123717eaad922');
    const hosts = detail?.columns.map(({ host }) => host) ?? [];
    expect(hosts).toEqual(['127.0.0.1:40048', '127.0.0.1:5069', '127.0.0.1:40036']);
    expect(detail?.media.map(({ from, to }) => [hosts[from], hosts[to]])).toEqual([
      ['127.0.0.1:40036', '127.0.0.1:40048'],
      ['127.0.0.1:40048', '127.0.0.1:40036'],
    ]);
    expect(detail?.findings.map(({ id, frames }) => [id, frames])).toEqual([['bye-without-answer', [846]]]);
  });

  test('registrations are a list of their own, with their messages', async () => {
    const { calls } = await answersOf('13-baresip-rtp-plain');
    const { rows, total } = calls.dialogWindow('registration', '', 0, 10);
    expect(total).toBe(2);
    expect(rows.map(({ kind, state, expires, messages }) => [kind, state, expires, messages])).toEqual([
      ['registration', 'completed', 600, 8],
      ['registration', 'completed', 600, 8],
    ]);
    expect(calls.dialogWindow('', '2001@lab', 0, 10).total).toBe(1);
    expect(calls.dialogWindow('subscription', '', 0, 10).total).toBe(0);
    const messages = calls.messagesOf(rows[0]?.callId ?? '');
    expect(messages).toHaveLength(8);
    expect(messages[0]?.startLine).toContain('REGISTER');
    expect(calls.messagesOf('nobody')).toEqual([]);
  });

  test('all that is answered is what the contract says', async () => {
    for (const keys of [undefined, []] as const) {
      const { calls } = await answersOf('13-baresip-rtp-plain', keys);
      const window = calls.callWindow(ALL, 0, 1000);
      expect(decodeResult('calls.window', window)).toMatchObject({ ok: true });
      expect(decodeResult('call.detail', calls.detail(window.rows[0]?.call ?? ''))).toMatchObject({
        ok: true,
      });
      expect(decodeResult('dialogs.window', calls.dialogWindow('', '', 0, 10))).toMatchObject({ ok: true });
      expect(decodeResult('sip.statistics', calls.statistics())).toMatchObject({ ok: true });
      expect(decodeResult('media.window', calls.mediaWindow(null, 0, 10))).toMatchObject({ ok: true });
    }
  });
});

describe('the list', () => {
  test('filters on text and state, and counts what passes', async () => {
    const { calls } = await answersOf('01-sipp-stunnel-aes128-gcm');
    expect(calls.callWindow(ALL, 20, 10).rows).toHaveLength(5);
    expect(calls.callWindow({ text: '17-26462', states: [] }, 0, 10)).toMatchObject({ total: 1 });
    expect(calls.callWindow({ text: '', states: ['completed'] }, 0, 2)).toMatchObject({ total: 25 });
    expect(calls.callWindow({ text: '', states: ['busy', 'locked'] }, 0, 2).total).toBe(0);
    expect(calls.callWindow({ text: 'TLS', states: ['completed'] }, 24, 5).rows).toHaveLength(1);
    expect(calls.callWindow({ text: 'no such thing', states: [] }, 0, 5).total).toBe(0);
  });

  test('is in order of time', async () => {
    const { calls } = await answersOf('01-sipp-stunnel-aes128-gcm');
    const times = calls.callWindow(ALL, 0, 100).rows.map(({ relative }) => relative);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test('grows while the capture is read, and ends the same', async () => {
    const { analysis } = await openLab('01-sipp-stunnel-aes128-gcm');
    const whole = new PageAnswers(analysis, ['x']);
    const sliced = new PageAnswers(analysis, ['x']);
    for (let slices = 0; !sliced.calls.book.advance(7); slices += 1) {
      expect(slices).toBeLessThan(100);
      expect(sliced.calls.book.groups().length).toBeLessThanOrEqual(25);
    }
    expect(sliced.calls.callWindow(ALL, 0, 100)).toEqual(whole.calls.callWindow(ALL, 0, 100));
  });

  test.each(['01-sipp-stunnel-aes128-gcm', '01-calls-tls10-aes256-sha'])(
    '%s is the same in slices, with others asking between them',
    async (id) => {
      const { analysis } = await openLab(id);
      const whole = new PageAnswers(analysis, ['x']).calls;
      const sliced = new PageAnswers(analysis, ['x']).calls;
      // Two who ask at once wait for the same slice.
      for (let slices = 0; !(await Promise.all([sliced.advance(), sliced.advance()]))[1]; slices += 1)
        expect(slices).toBeLessThan(100);
      expect(sliced.callWindow(ALL, 0, 100)).toEqual(whole.callWindow(ALL, 0, 100));
      expect(sliced.statistics()).toEqual(whole.statistics());
      const [row] = whole.callWindow(ALL, 0, 1).rows;
      expect(sliced.detail(row?.call ?? '')).toEqual(whole.detail(row?.call ?? ''));
      expect(sliced.dialogWindow('', '', 0, 100)).toEqual(whole.dialogWindow('', '', 0, 100));
    },
  );

  test('takes no text of before where keys change while it is read', async () => {
    const { analysis, keys } = await openLab('01-sipp-stunnel-aes128-gcm', []);
    const { calls } = new PageAnswers(analysis, ['x']);
    const withKey = await openLab('01-sipp-stunnel-aes128-gcm');
    const added = withKey.keys.privateKeys().map((material) => keys.add([material]));
    await analysis.reopen(() => Promise.resolve(false));
    const reading = calls.advance();
    for (const id of added) keys.remove(id);
    await analysis.reopen(() => Promise.resolve(false));
    await reading;
    while (!(await calls.advance()));
    expect(calls.callWindow(ALL, 0, 5).rows.map(({ kind }) => kind)).toEqual(['locked']);
  });

  test('begins anew where a key changed what can be read', async () => {
    const { analysis, keys } = await openLab('01-sipp-stunnel-aes128-gcm', []);
    const answers = new PageAnswers(analysis, ['x']);
    expect(answers.calls.callWindow(ALL, 0, 5).rows.map(({ kind }) => kind)).toEqual(['locked']);
    const withKey = await openLab('01-sipp-stunnel-aes128-gcm');
    const added = withKey.keys.privateKeys().map((material) => keys.add([material]));
    await analysis.reopen(() => Promise.resolve(false));
    expect(answers.calls.callWindow(ALL, 0, 5)).toMatchObject({ total: 25 });
    for (const id of added) keys.remove(id);
    await analysis.reopen(() => Promise.resolve(false));
    expect(answers.calls.callWindow(ALL, 0, 5).rows.map(({ kind }) => kind)).toEqual(['locked']);
  });
});

const A = '192.0.2.1:5060';
const P = '192.0.2.9:5060';
const B = '192.0.2.2:5060';

/** A call from A over P to B: P is a back-to-back user agent. */
const TWO_LEGS: readonly ScriptLine[] = [
  { at: 0, from: A, to: P, say: 'INVITE', cseq: '1 INVITE', branch: 'i1', body: SDP },
  {
    at: 0.1,
    from: P,
    to: B,
    say: 'INVITE',
    cseq: '7 INVITE',
    branch: 'j1',
    callId: 'two',
    fromTag: 'c',
    body: SDP,
  },
  {
    at: 1,
    from: B,
    to: P,
    say: '486',
    cseq: '7 INVITE',
    branch: 'j1',
    callId: 'two',
    fromTag: 'c',
    toTag: 'd',
  },
  { at: 1.1, from: P, to: A, say: '486', cseq: '1 INVITE', branch: 'i1', toTag: 'b' },
  { at: 1.2, from: A, to: P, say: 'ACK', cseq: '1 ACK', branch: 'i1', toTag: 'b' },
];

describe('legs across a back-to-back user agent', () => {
  test('are one call with the ground of it, and the final response is that of who sent it first', async () => {
    const { calls } = await openScript(TWO_LEGS);
    const { rows, total } = calls.callWindow(ALL, 0, 10);
    expect(total).toBe(1);
    expect(rows[0]).toMatchObject({ call: 'one', legs: 2, state: 'busy', finalStatus: 486, finalFrom: B });
    const detail = calls.detail('one');
    expect(detail?.joins).toMatchObject([{ callIds: ['one', 'two'], ground: 'likeness', certain: false }]);
    expect(detail?.columns.map(({ host }) => host)).toEqual(['192.0.2.1', '192.0.2.9', '192.0.2.2']);
    expect(detail?.arrows.map(({ leg }) => leg)).toEqual([0, 1, 1, 0, 0]);
  });

  test('are taken apart and put together by the user, and left to themselves again', async () => {
    const { calls } = await openScript(TWO_LEGS);
    calls.join(['one', 'two'], false);
    expect(calls.callWindow(ALL, 0, 10).total).toBe(2);
    expect(calls.detail('two')?.legs).toHaveLength(1);
    calls.join(['two', 'one'], true);
    expect(calls.callWindow(ALL, 0, 10).total).toBe(1);
    expect(calls.detail('one')?.joins[0]).toMatchObject({ ground: 'user', certain: true });
    calls.join(['one', 'two'], null);
    expect(calls.detail('one')?.joins[0]?.ground).toBe('likeness');
  });

  test('statistics name what failed and with what', async () => {
    const { calls } = await openScript(TWO_LEGS);
    const statistics = calls.statistics();
    expect(statistics.calls).toEqual([{ state: 'busy', count: 1 }]);
    expect(statistics.failures).toEqual([{ reason: 'Call: 486 Busy Here', count: 1, firstFrame: 1 }]);
    expect(statistics.methods[0]).toMatchObject({
      method: 'INVITE',
      requests: 2,
      finals: [{ status: 486, reason: 'Busy Here', count: 2 }],
    });
  });
});
