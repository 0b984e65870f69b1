import { describe, expect, it } from 'vitest';
import { createDatasource, grow } from '../../../renderer/ui/row-grid-rows.ts';
import type { RowWindow } from '../../../renderer/ui/row-list.ts';
import { settled } from '../render.tsx';
import { madeLive } from './made-live.ts';

type Window = RowWindow<number>;

/** A grid that writes down what it is told, and a host that answers when it is let. */
function made() {
  const told: string[] = [];
  const state = { gone: false };
  const waiting: ((window: Window) => void)[] = [];
  const load = (): Promise<Window> => new Promise((answer) => waiting.push(answer));
  const live = madeLive(null, (still) => told.push(`waiting ${still}`));
  const api = {
    isDestroyed: () => state.gone,
    // What a grid that is gone gives.
    getColumnState: () => (state.gone ? Reflect.get({}, 'nothing') : []),
    refreshInfiniteCache: () => told.push('refresh'),
    setRowCount: (rows: number) => told.push(`${rows} rows`),
    getDisplayedRowAtIndex: () => undefined,
    getRowNode: () => undefined,
    deselectAll: () => undefined,
  };
  const source = createDatasource(api, load, live);
  const ask = (startRow: number): void => {
    const params = {
      startRow,
      endRow: startRow + 100,
      sortModel: [],
      filterModel: null,
      successCallback: (rows: readonly unknown[], total: number) => told.push(`${rows.length} of ${total}`),
      failCallback: () => told.push('failed'),
    };
    Reflect.apply(source.getRows, source, [params]);
  };
  const answer = async (rows: number, total: number, ordered = true): Promise<void> => {
    waiting.shift()?.({ rows: Array.from({ length: rows }, (_, row) => row), total, ordered });
    await settled(1);
  };
  return { told, state, live, api, source, ask, answer };
}

describe('rows for the grid', () => {
  it('are not asked for again while some are on their way, which the grid would throw away', async () => {
    const { told, live, api, ask, answer } = made();
    ask(0);
    ask(100);
    await answer(40, 40);
    // The list grows ten times a second; a block ended short.
    grow(api, live, 60);
    grow(api, live, 90);
    expect(told.filter((each) => each === 'refresh')).toEqual([]);
    await answer(0, 90);
    expect(told.filter((each) => each === 'refresh')).toEqual(['refresh']);
    expect(told).toContain('90 rows');
  });
  it('are as many as is known by now, though an answer be older', async () => {
    const { told, live, api, ask, answer } = made();
    ask(0);
    grow(api, live, 500);
    await answer(100, 300);
    expect(told).toContain('100 of 500');
  });
  it('end every question, even those of a list that was left', async () => {
    const { told, source, ask, answer } = made();
    ask(0);
    ask(100);
    source.destroy?.();
    await answer(100, 300);
    await answer(100, 300);
    expect(told).toEqual(['failed', 'failed']);
  });
  it('are not asked for by a grid that is gone meanwhile', async () => {
    const { told, state, ask, answer } = made();
    state.gone = true;
    ask(0);
    await answer(100, 300);
    expect(told).toEqual(['failed']);
  });
  it('are asked for again once they stand in the order asked for', async () => {
    const { told, ask, answer } = made();
    ask(0);
    await answer(100, 100, false);
    expect(told).toEqual(['waiting true', '100 of 100']);
    await new Promise((resolve) => setTimeout(resolve, 400));
    await answer(1, 100, false);
    await new Promise((resolve) => setTimeout(resolve, 400));
    await answer(1, 100, true);
    expect(told.slice(2)).toEqual(['waiting false', 'refresh']);
  });
});
