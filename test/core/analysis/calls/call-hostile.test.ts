import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeResult } from '../../../../core/api-decode.ts';
import type { PageAnswers } from '../../../../core/analysis/page-answers.ts';
import { bytesOf } from '../../app/record-app-stream.ts';
import { TORTURE_MESSAGES } from '../../app/sip/torture-messages.ts';
import { datagram, openScript } from './call-captures.ts';

const A = '192.0.2.1:5060';
const B = '192.0.2.2:5060';

/** Asks for everything about calls that a page can ask for; what comes back is what the contract says. */
function askAll({ calls }: PageAnswers): number {
  const window = calls.callWindow({ text: '', states: [] }, 0, 1000);
  expect(decodeResult('calls.window', window)).toMatchObject({ ok: true });
  for (const { call } of window.rows) {
    expect(decodeResult('call.detail', calls.detail(call))).toMatchObject({ ok: true });
    expect(calls.ladder(call, 'text')?.text).toContain('\n');
    expect(calls.ladder(call, 'svg')?.text).toMatch(/<\/svg>\n$/);
    expect(decodeResult('media.window', calls.mediaWindow(call, 0, 100))).toMatchObject({ ok: true });
  }
  const dialogs = calls.dialogWindow('', '', 0, 1000);
  expect(decodeResult('dialogs.window', dialogs)).toMatchObject({ ok: true });
  for (const { callId } of dialogs.rows) expect(calls.messagesOf(callId).length).toBeGreaterThan(0);
  expect(decodeResult('sip.statistics', calls.statistics())).toMatchObject({ ok: true });
  return window.total + dialogs.total;
}

describe('hostile signalling', () => {
  test("RFC 4475's messages, all in one capture, are told like others", async () => {
    const frames = TORTURE_MESSAGES.map(({ text }, at) => datagram(at, A, B, bytesOf(text)));
    expect(askAll(await openScript([], frames))).toBeGreaterThan(5);
  });

  test('and so are any of them, cut and changed', async () => {
    const texts = TORTURE_MESSAGES.map(({ text }) => bytesOf(text));
    const change = fc.tuple(fc.nat(texts.length - 1), fc.nat(1200), fc.nat(255), fc.nat(3000), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
        const frames = changes.map(([which, at, value, cut, back], index) => {
          const bytes = (texts[which] ?? new Uint8Array(0)).slice(0, Math.max(40, cut));
          bytes[at % bytes.length] = value;
          return datagram(index, back ? B : A, back ? A : B, bytes);
        });
        askAll(await openScript([], frames));
      }),
      { numRuns: 25 },
    );
  });

  test('a capture of nothing has no calls', async () => {
    expect(askAll(await openScript([], [datagram(0, A, B, bytesOf('hello'))]))).toBe(0);
    expect(askAll(await openScript([]))).toBe(0);
  });
});
