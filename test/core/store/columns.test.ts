import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Float64Column,
  Int32Column,
  SEGMENT_ROWS,
  Uint16Column,
  Uint32Column,
  Uint8Column,
} from '../../../core/store/columns.ts';

const KINDS = [
  ['Uint8Column', Uint8Column, 0xff, 1],
  ['Uint16Column', Uint16Column, 0xffff, 2],
  ['Uint32Column', Uint32Column, 0xffffffff, 4],
  ['Int32Column', Int32Column, -0x80000000, 4],
  ['Float64Column', Float64Column, 2 ** 53 - 1, 8],
] as const;

describe.each(KINDS)('%s', (_name, Column, extreme, width) => {
  it('keeps its extreme value on both sides of a segment border', () => {
    const column = new Column();
    column.resize(SEGMENT_ROWS - 1);
    expect(column.push(extreme)).toBe(SEGMENT_ROWS - 1);
    expect(column.push(extreme)).toBe(SEGMENT_ROWS);
    expect(column.read(SEGMENT_ROWS - 2)).toBe(0);
    expect(column.read(SEGMENT_ROWS - 1)).toBe(extreme);
    expect(column.read(SEGMENT_ROWS)).toBe(extreme);
    expect(column.length).toBe(SEGMENT_ROWS + 1);
    expect(column.byteLength).toBe(2 * SEGMENT_ROWS * width);
  });

  it('reads 0 behind its end, and after rows were cut off and came again', () => {
    const column = new Column();
    expect(column.read(0)).toBe(0);
    expect(column.read(10 * SEGMENT_ROWS)).toBe(0);
    column.write(5, 7);
    column.resize(5);
    expect(column.read(5)).toBe(0);
    column.resize(6);
    expect(column.read(5)).toBe(0);
  });

  it('does what an array does', () => {
    const row = fc.integer({ min: 0, max: 3 * SEGMENT_ROWS });
    const value = fc.integer({ min: 0, max: 255 });
    const step = fc.oneof(
      fc.tuple(fc.constant('write' as const), row, value),
      fc.tuple(fc.constant('push' as const), row, value),
      fc.tuple(fc.constant('fill' as const), row, value),
      fc.tuple(fc.constant('resize' as const), row, value),
      fc.tuple(fc.constant('add' as const), row, fc.constant(0)),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.array(row, { maxLength: 20 }), (steps, probes) => {
        const column = new Column();
        const array: number[] = [];
        const resize = (length: number): void => {
          while (array.length < length) array.push(0);
          array.length = length;
        };
        for (const [kind, at, what] of steps) {
          if (kind === 'write') {
            column.write(at, what);
            if (at >= array.length) resize(at + 1);
            array[at] = what;
          } else if (kind === 'push') {
            expect(column.push(what)).toBe(array.push(what) - 1);
          } else if (kind === 'fill') {
            column.fillFrom(at, what);
            array.fill(what, at);
          } else if (kind === 'resize') {
            column.resize(at);
            resize(at);
          } else {
            column.add(at, what);
            if (at >= array.length) resize(at + 1);
          }
        }
        expect(column.length).toBe(array.length);
        const last = array.length - 1;
        for (const probe of [...probes, 0, last, SEGMENT_ROWS - 1, SEGMENT_ROWS, 2 * SEGMENT_ROWS - 1]) {
          expect(column.read(Math.max(0, probe))).toBe(array[Math.max(0, probe)] ?? 0);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is seen by another column over the same buffers', () => {
    const column = new Column();
    column.resize(SEGMENT_ROWS + 1);
    const other = new Column(column.buffers, column.length);
    column.write(SEGMENT_ROWS, 9);
    expect(other.read(SEGMENT_ROWS)).toBe(9);
    expect(other.length).toBe(SEGMENT_ROWS + 1);
  });
});
