/** Moves the focus from a filter into the list beneath it: to the selected row, else to the first. */
export function focusRows(): void {
  const wanted = [
    '.row-grid .ag-row-selected .ag-cell',
    '.row-grid .ag-row[row-index="0"] .ag-cell',
    '.row-grid .ag-row .ag-cell',
  ];
  for (const selector of wanted) {
    const cell = document.querySelector(selector);
    if (!(cell instanceof HTMLElement)) continue;
    cell.focus();
    return;
  }
}
