import { describe, expect, it } from 'vitest';
import {
  bandsOfLocks,
  charactersBetween,
  firstCallStep,
  fitHost,
  frameOfCall,
  GUTTER,
  hostRoom,
  middleOfLabel,
  stepsOfCall,
} from '../../../renderer/model/call-ladder.ts';
import { callDetail } from '../../support/fake/call-world.ts';

describe('the steps of a call', () => {
  const detail = callDetail(0, false);
  it('stand in order of time, a lock before what happens while it lasts', () => {
    const steps = stepsOfCall(detail);
    const times = steps.map(({ relative }) => relative);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(steps[0]?.kind).toBe('lock');
    expect(steps.filter(({ kind }) => kind === 'media')).toHaveLength(2);
    expect(steps.filter(({ kind }) => kind === 'arrow')).toHaveLength(detail.arrows.length);
  });
  it('say where what lasts ends', () => {
    const [lock] = detail.locks;
    if (lock === undefined) throw new Error('The call has no lock');
    const whole = stepsOfCall(detail);
    expect(whole[0]).toMatchObject({ kind: 'lock', last: whole.length - 1 });
    const brief = stepsOfCall({ ...detail, locks: [{ ...lock, end: 0.06 }] });
    const at = brief[0]?.kind === 'lock' ? brief[0].last : -1;
    expect(brief[at]?.relative).toBeLessThanOrEqual(0.06);
    expect(brief[at + 1]?.relative).toBeGreaterThan(0.06);
  });
  it('keep stretches between the same hosts apart where they overlap, and only there', () => {
    const [lock] = detail.locks;
    if (lock === undefined) throw new Error('The call has no lock');
    const locks = [
      { ...lock, start: 0, end: 1 },
      { ...lock, from: 1, to: 0, start: 0.01, end: 0.02 },
      { ...lock, start: 50, end: 60 },
      { ...lock, from: 1, to: 2, start: 0, end: 60 },
    ];
    const lanes = bandsOfLocks(stepsOfCall({ ...detail, locks })).map(({ from, to, lane }) => [
      from,
      to,
      lane,
    ]);
    expect(lanes).toEqual([
      [0, 1, 0],
      [1, 2, 0],
      [0, 1, 1],
      [0, 1, 0],
    ]);
  });
  it('begin at the refusal, but not at a challenge', () => {
    const busy = stepsOfCall(callDetail(2, true));
    const first = busy[firstCallStep(busy)];
    expect(first?.kind === 'arrow' ? first.arrow.label : '').toBe('486 Busy Here');
    expect(firstCallStep(stepsOfCall(callDetail(12, true)))).toBe(0);
    expect(firstCallStep([])).toBe(0);
  });
});

describe('the frame of a call’s ladder', () => {
  it('fits its hosts into the width, and grows where they would stand too close', () => {
    const wide = frameOfCall(1000, 3, 10);
    expect(wide.width).toBe(1000);
    expect(wide.columns).toHaveLength(3);
    const narrow = frameOfCall(300, 8, 10);
    expect(narrow.width).toBeGreaterThan(600);
    expect((narrow.columns[1] ?? 0) - (narrow.columns[0] ?? 0)).toBeGreaterThanOrEqual(60);
    expect(frameOfCall(0, 0, 0).columns).toEqual([]);
    expect(frameOfCall(600, 1, 1).columns).toHaveLength(1);
  });
  it('shares the width of a window of 1280 pixels between up to six hosts', () => {
    for (const hosts of [2, 3, 4, 5, 6]) expect(frameOfCall(600, hosts, 10).width, `${hosts}`).toBe(600);
    expect(frameOfCall(600, 3, 10).staggered).toBe(false);
    expect(frameOfCall(600, 6, 10).staggered).toBe(true);
  });
  it('gives every name its room: two beside each other on one line do not meet', () => {
    for (const hosts of [2, 3, 4, 5, 6, 9]) {
      const frame = frameOfCall(600, hosts, 10);
      const neighbour = (frame.staggered ? 2 : 1) * frame.spacing;
      if (hosts > 2) expect(hostRoom(frame), `${hosts}`).toBeLessThan(neighbour);
    }
  });
  it('keeps a label between the times and the numbers of the frames', () => {
    const frame = frameOfCall(600, 6, 10);
    const room = charactersBetween(frame, 0, 1);
    expect(room).toBeGreaterThanOrEqual(20);
    expect(middleOfLabel(frame, frame.columns[0] ?? 0, room) - (room * 7.25) / 2).toBeGreaterThanOrEqual(
      GUTTER,
    );
    expect(middleOfLabel(frame, frame.columns[5] ?? 0, room) + (room * 7.25) / 2).toBeLessThan(600 - 60);
  });
  it('cuts a name behind and an address before', () => {
    expect(fitHost('sbc1.provider.example.com', 84)).toBe('sbc1.provid…');
    expect(fitHost('192.168.100.200', 70)).toBe('…8.100.200');
    expect(fitHost('[2001:db8:aa:bb::17]:5061', 84)).toBe('…b::17]:5061');
    expect(fitHost('10.0.0.1', 84)).toBe('10.0.0.1');
  });
});
