import { act } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { ExportDialog } from '../../../renderer/features/export/ExportDialog.tsx';
import type { FakeOptions } from '../../support/fake-api.ts';
import { buttonNamed, click, fakeModel, render, settled, until } from '../render.tsx';

let end: () => Promise<void> = () => Promise.resolve();
afterEach(() => end());

async function opened(options: FakeOptions = {}) {
  const made = fakeModel(options);
  await settled(2);
  await made.model.session.getState().openSample();
  made.model.exporting.getState().open();
  const rendered = await render(made.model, <ExportDialog />);
  end = rendered.end;
  await until('the preview', () => rendered.box.textContent.includes('This file holds'));
  return { ...made, box: rendered.box };
}

function choice(box: ParentNode, value: string): HTMLInputElement {
  const found = box.querySelector(`input[value="${value}"]`);
  if (!(found instanceof HTMLInputElement)) throw new Error(`There is no choice ${value}`);
  return found;
}

const redactOf = (box: ParentNode): HTMLInputElement | null =>
  box.querySelector('input[name="export-redact"]');

it('says what the file will hold for each choice, and warns of what is confidential', async () => {
  const { box, api } = await opened();
  expect(choice(box, 'report').checked).toBe(true);
  expect(box.textContent).toContain('Confidential');
  await click(choice(box, 'keylog'));
  await until('the secrets', () => box.textContent.includes('session secrets of 14 connections'));
  expect(api.asked.filter(({ name }) => name === 'export.preview').at(-1)?.params).toEqual({
    format: 'keylog',
    scope: { kind: 'all' },
    redact: false,
  });
});

it('does not redact what consists of secrets, and says why', async () => {
  const { box, model } = await opened();
  await click(redactOf(box));
  expect(model.exporting.getState().wish.redact).toBe(true);
  await click(choice(box, 'pcapng-with-secrets'));
  expect(model.exporting.getState().wish.redact).toBe(false);
  expect(redactOf(box)?.disabled).toBe(true);
  expect(box.textContent).toContain('Not possible here');
});

it('offers what is selected and filtered elsewhere', async () => {
  const { box, model } = await opened();
  expect(box.querySelectorAll('input[name="export-scope"]')).toHaveLength(1);
  await act(async () => {
    model.frames.getState().setText('REGISTER');
    model.exporting.getState().open({ kind: 'conversation', conversation: '1' });
  });
  await settled();
  expect(choice(box, 'conversation').checked).toBe(true);
  expect(choice(box, 'filtered').checked).toBe(false);
  expect(box.textContent).toContain('Conversation 1');
});

it('does not export what cannot be made', async () => {
  const { box } = await opened();
  await click(choice(box, 'ladder-svg'));
  await until('the reason', () => box.querySelector('[role="alert"]') !== null);
  expect(box.textContent).toContain('choose one call');
  expect(buttonNamed(box, 'Export').disabled).toBe(true);
});

it('tells that it was exported, and closes', async () => {
  const { box, model, api } = await opened();
  await click(buttonNamed(box, 'Export'));
  await until('the end', () => model.session.getState().overlay === null);
  expect(api.asked.filter(({ name }) => name === 'export.save')).toHaveLength(1);
  expect(model.session.getState().toasts.at(-1)?.text).toContain(
    'Exported. This file holds 212 SIP messages',
  );
});

it('stays open with the reason where saving failed', async () => {
  const { box, model } = await opened({ failing: { 'export.save': 'There is no room left.' } });
  await click(buttonNamed(box, 'Export'));
  await until('the reason', () => box.textContent.includes('There is no room left.'));
  expect(model.session.getState().overlay).toBe('export');
  // Another choice may do.
  await click(choice(box, 'csv'));
  await until('the preview', () => !box.textContent.includes('There is no room left.'));
});

it('fetches the file where the host is a browser’s', async () => {
  const { box, model } = await opened({ host: 'browser' });
  const clicked: string[] = [];
  const press = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
    this: HTMLElement,
  ) {
    clicked.push(this.getAttribute('href') ?? '');
  });
  await click(buttonNamed(box, 'Export'));
  await until('the end', () => model.session.getState().overlay === null);
  press.mockRestore();
  expect(clicked).toEqual(['/download/made-up']);
});

it('lets a report compare two conversations, proposes those looked at, and asks for both', async () => {
  const { box, model, api } = await opened();
  await act(async () => {
    model.conversations.getState().select('0');
    model.conversations.getState().select('1');
    model.exporting.getState().open();
  });
  await settled();
  const wish = (): unknown => api.asked.filter(({ name }) => name === 'export.preview').at(-1)?.params;
  expect(wish()).toEqual({ format: 'report', scope: { kind: 'all' }, redact: false });
  await click(box.querySelector('input[name="export-compare"]'));
  expect(wish()).toEqual({ format: 'report', scope: { kind: 'all' }, redact: false, compare: ['1', '0'] });
  await act(async () => model.exporting.getState().compare({ pair: ['1', ' 1'] }));
  expect(box.textContent).toContain('two different conversations');
  expect(buttonNamed(box, 'Export').disabled).toBe(true);
  await act(async () => model.exporting.getState().compare({ pair: ['1', 'x'] }));
  expect(box.textContent).toContain('Name both conversations');
  // A key log compares nothing.
  await click(choice(box, 'keylog'));
  expect(wish()).toEqual({ format: 'keylog', scope: { kind: 'all' }, redact: false });
  expect(box.textContent).not.toContain('Name both conversations');
});
