import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JoinedLegs } from '../../../../core/analysis/calls/joined-legs.ts';
import { CallTracker } from '../../../../core/app/calls/call-tracker.ts';
import { type CallGroup, joinLegs } from '../../../../core/app/calls/join-legs.ts';
import { addLine, type ScriptLine } from '../../app/calls/tracked.ts';

/** Calls between few hosts and numbers, so that many are alike; some name another. Far more than one step looks at. */
function someCalls(seed: number, count: number): ScriptLine[] {
  let state = seed >>> 0;
  const below = (most: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
  const oneOf = <T>(first: T, ...more: T[]): T => [first, ...more][below(more.length + 1)] ?? first;
  let at = 0;
  return Array.from({ length: count }, (_, index) => {
    at += below(40) / 10;
    const [from, to] = oneOf([1, 9], [9, 2], [9, 3], [3, 4], [1, 2]);
    return {
      at,
      from: `192.0.2.${from}:5060`,
      to: `192.0.2.${to}:5060`,
      say: 'INVITE',
      cseq: '1 INVITE',
      branch: `i${index}`,
      callId: `call-${index}`,
      fromTag: `f${index}`,
      user: oneOf('bob', 'carol', '+4930123456', '030123456'),
      caller: oneOf('alice', 'dave', 'anonymous', '0049891234567'),
      ...(below(20) === 0 ? { headers: [`X-CID: call-${below(count)}`] } : {}),
    };
  });
}

describe('legs that are joined step by step', () => {
  test('become the same calls as in one go, whatever came between the steps', () => {
    const grounds = new Set<string>();
    let mostSteps = 0;
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.nat(300), { minLength: 1, maxLength: 8 }), (seed, portions) => {
        const lines = someCalls(seed, 1000);
        const tracker = new CallTracker();
        const joined = new JoinedLegs();
        let stamp = 0;
        const add = (count: number): void => {
          for (let left = count; left > 0 && stamp < lines.length; left -= 1) {
            const line = lines[stamp];
            if (line !== undefined) addLine(tracker, line, stamp);
            stamp += 1;
          }
        };
        for (const portion of portions) {
          add(portion);
          joined.step(tracker, stamp, false);
          // No call is lost or doubled meanwhile.
          const shown = joined.groups(tracker, stamp).flatMap(({ legs }) => legs);
          expect(shown.toSorted((a, b) => a - b)).toEqual(Array.from({ length: stamp }, (_, leg) => leg));
        }
        add(lines.length);
        let steps = 0;
        while (joined.step(tracker, stamp, true) === 'more') steps += 1;
        mostSteps = Math.max(mostSteps, steps);
        expect(joined.step(tracker, stamp, true)).not.toBe('more');
        const inOneGo: readonly CallGroup[] = joinLegs(tracker);
        expect(joined.groups(tracker, stamp)).toEqual(inOneGo);
        for (const { joins } of inOneGo) for (const { ground } of joins) grounds.add(ground);
      }),
      { numRuns: 12 },
    );
    // They would be alike if all was done in one step, and if nothing was joined at all. How much is left to do once
    // the last call is known depends on the portions: only of the runs together it is known that it takes steps.
    expect(mostSteps).toBeGreaterThan(4);
    expect([...grounds].toSorted()).toEqual(['call-id-header', 'likeness']);
  });

  test("hear the user's word at once", () => {
    const tracker = new CallTracker();
    const joined = new JoinedLegs();
    const at = (index: number, host: number): ScriptLine => ({
      at: 60 * index,
      from: `192.0.2.${host}:5060`,
      to: '192.0.2.9:5060',
      say: 'INVITE',
      cseq: '1 INVITE',
      branch: `i${index}`,
      callId: `call-${index}`,
    });
    for (const index of [0, 1]) addLine(tracker, at(index, index), index);
    const groups = (): (readonly number[])[] => {
      while (joined.step(tracker, 2, true) === 'more');
      return joined.groups(tracker, 2).map(({ legs }) => legs);
    };
    expect(groups()).toEqual([[0], [1]]);
    joined.override(['call-0', 'call-1'], true);
    expect(groups()).toEqual([[0, 1]]);
    joined.override(['call-0', 'call-1'], null);
    expect(groups()).toEqual([[0], [1]]);
  });
});
