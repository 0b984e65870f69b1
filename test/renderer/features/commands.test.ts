import { afterEach, describe, expect, it } from 'vitest';
import { commandOfKey, PAGE_COMMANDS, runCommand } from '../../../renderer/features/commands.ts';
import { fakeModel, settled } from '../render.tsx';

const press = (init: KeyboardEventInit, target: Element = document.body): string | null => {
  let found: string | null = null;
  const listen = (event: Event): void => {
    if (event instanceof KeyboardEvent) found = commandOfKey(event);
  };
  document.addEventListener('keydown', listen);
  target.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, ...init }));
  document.removeEventListener('keydown', listen);
  return found;
};
afterEach(() => document.body.replaceChildren());

describe('keys', () => {
  it('follow a conversation as in Wireshark, with Ctrl and with Cmd', () => {
    expect(press({ key: '.', ctrlKey: true })).toBe('next-in-conversation');
    expect(press({ key: ',', metaKey: true })).toBe('previous-in-conversation');
    expect(press({ key: '.' })).toBeNull();
  });
  it('leave what is typed to the field', () => {
    const field = document.createElement('input');
    document.body.append(field);
    expect(press({ key: '/' }, field)).toBeNull();
    expect(press({ key: '?' }, field)).toBeNull();
    expect(press({ key: '/' })).toBe('find');
    expect(press({ key: 'f', ctrlKey: true }, field)).toBe('find');
  });
  it('are not given twice', () => {
    const all = PAGE_COMMANDS.flatMap(({ keys }) => keys?.split(' or ') ?? []);
    expect(new Set(all).size).toBe(all.length);
  });
});

it('clears the filter of the list that is looked at', async () => {
  const { model, api } = fakeModel();
  await api.request('capture.choose', null);
  await settled(2);
  model.frames.getState().setText('a');
  model.sip.getState().setText('b');
  model.conversations.getState().setText('c');
  model.registrations.getState().setText('d');
  model.session.getState().show('sip');
  runCommand('clear-filter', model);
  expect(model.sip.getState().text).toBe('');
  expect(model.frames.getState().filter.text).toBe('a');
  model.session.getState().show('conversations');
  runCommand('clear-filter', model);
  expect(model.conversations.getState().text).toBe('');
  model.session.getState().show('calls');
  model.calls.getState().showTab('registrations');
  runCommand('clear-filter', model);
  expect(model.registrations.getState().text).toBe('');
  expect(model.frames.getState().filter.text).toBe('a');
});
