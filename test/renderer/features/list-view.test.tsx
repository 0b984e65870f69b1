import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ColumnMenu,
  csvOfRow,
  RowMenu,
  textOfRow,
} from '../../../renderer/features/view-parts/ListMenus.tsx';
import type { AppModel } from '../../../renderer/model/app-model.ts';
import type { OrderControl, RowColumn } from '../../../renderer/ui/row-list.ts';
import { fakeModel, render } from '../render.tsx';

interface Row {
  readonly from: string;
  readonly to: string;
  readonly note: string;
}

const COLUMNS: readonly RowColumn<Row>[] = [
  { id: 'mark', header: 'State', text: () => 'Answered' },
  { id: 'from', header: 'From', text: ({ from }) => from },
  { id: 'to', header: 'To', text: ({ to }) => to },
  { id: 'note', header: 'Remarks', optional: true, text: ({ note }) => note },
];
const ROW: Row = { from: '2001', to: '2002', note: '' };

let model: AppModel;
let end: () => Promise<void> = () => Promise.resolve();
const copied: string[] = [];
beforeEach(() => {
  ({ model } = fakeModel());
  copied.length = 0;
  Object.defineProperty(navigator, 'clipboard', {
    configurable: true,
    value: {
      writeText: (text: string) => {
        copied.push(text);
        return Promise.resolve();
      },
    },
  });
});
afterEach(() => end());

const entries = (): HTMLElement[] =>
  [...document.querySelectorAll('[role^="menuitem"]')].filter((entry) => entry instanceof HTMLElement);
const choose = (name: string): Promise<void> =>
  act(async () =>
    entries()
      .find(({ textContent }) => textContent === name)
      ?.click(),
  );
const ticked = (): string[] =>
  entries()
    .filter((entry) => entry.getAttribute('aria-checked') === 'true')
    .map(({ textContent }) => textContent);

describe('the menu of a row', () => {
  it('copies a value, the row, and the row as text', async () => {
    const [, column = COLUMNS[0]] = COLUMNS;
    if (column === undefined) throw new Error('There is no column');
    ({ end } = await render(
      model,
      <RowMenu
        context={{ row: ROW, column, x: 1, y: 1 }}
        columns={COLUMNS}
        groups={[[{ label: 'Export this call…', run: () => undefined }]]}
        onColumns={() => undefined}
        onClose={() => undefined}
      />,
    ));
    expect(entries()[0]?.textContent).toBe('Export this call…');
    await choose('Copy From');
    await choose('Copy the row');
    await choose('Copy the row as text');
    await choose('Copy the row as CSV');
    expect(copied).toEqual([
      '2001',
      'Answered\t2001\t2002\t',
      'State: Answered\nFrom: 2001\nTo: 2002',
      '"State","From","To","Remarks"\r\n"Answered","2001","2002",""\r\n',
    ]);
  });
  it('quotes what CSV would take for its own, and what a spreadsheet would compute', () => {
    const csv = csvOfRow(COLUMNS, { from: '"Ann, B" <2001>', to: '=1+1', note: '' });
    expect(csv.split('\r\n')[1]).toBe(`"Answered","""Ann, B"" <2001>","'=1+1",""`);
  });
  it('sorts by the column it was asked for in, and back', async () => {
    const [, column = COLUMNS[0]] = COLUMNS;
    if (column === undefined) throw new Error('There is no column');
    const asked: unknown[] = [];
    const open = async (value: OrderControl['value']): Promise<void> => {
      await end();
      ({ end } = await render(
        model,
        <RowMenu
          context={{ row: ROW, column, x: 1, y: 1 }}
          columns={COLUMNS}
          groups={[]}
          order={{ columns: ['from'], value, latest: () => value, onChange: (order) => asked.push(order) }}
          onColumns={() => undefined}
          onClose={() => undefined}
        />,
      ));
    };
    await open(null);
    await choose('Sort by From, descending');
    await choose('Not sorted: as captured');
    await open({ column: 'from', descending: true });
    await choose('Sort by From, descending');
    await choose('Not sorted: as captured');
    expect(asked).toEqual([{ column: 'from', descending: true }, null]);
  });
  it('says nothing of what is empty', () => {
    expect(textOfRow(COLUMNS, { from: '', to: '', note: '' })).toBe('State: Answered');
  });
});

describe('the menu of columns', () => {
  async function open(hidden: readonly string[]): Promise<void> {
    await end();
    ({ end } = await render(
      model,
      <ColumnMenu list="calls" columns={COLUMNS} hidden={hidden} x={1} y={1} onClose={() => undefined} />,
    ));
  }
  it('shows and hides, but never the last one, and sets all back', async () => {
    await open(['note']);
    expect(ticked()).toEqual(['From', 'To']);
    await choose('To');
    expect(model.layout.getState().hidden['calls']).toEqual(['note', 'to']);
    await open(['note', 'to']);
    await choose('From');
    expect(model.layout.getState().hidden['calls']).toEqual(['note', 'to']);
    await choose('Remarks');
    expect(model.layout.getState().hidden['calls']).toEqual(['to']);
    model.layout.getState().setColumns('calls', { from: 200 });
    await choose('Widths and columns as at first');
    expect(model.layout.getState().hidden['calls']).toBeUndefined();
    expect(model.layout.getState().columns['calls']).toBeUndefined();
  });
});
