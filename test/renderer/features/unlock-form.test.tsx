import { act } from 'react';
import { afterEach, expect, it } from 'vitest';
import { KeysView } from '../../../renderer/features/keys/KeysView.tsx';
import { buttonNamed, click, fakeModel, render, settled, until } from '../render.tsx';

let end: () => Promise<void> = () => Promise.resolve();
afterEach(() => end());

async function locked() {
  const made = fakeModel();
  await settled(2);
  await made.model.keys.getState().addFiles([new File(['x'], 'server.pfx')]);
  const rendered = await render(made.model, <KeysView />);
  end = rendered.end;
  const field = rendered.box.querySelector('input[type="password"]');
  if (!(field instanceof HTMLInputElement)) throw new Error('No password is asked for');
  return { ...made, box: rendered.box, field };
}

it('empties the field before the password is on its way', async () => {
  const { box, field, api } = await locked();
  expect(field.autocomplete).toBe('off');
  field.value = 'wrong one';
  act(() => buttonNamed(box, 'Unlock').click());
  expect(field.value).toBe('');
  await until('the refusal', () => box.textContent.includes('does not open'));
  expect(api.asked.filter(({ name }) => name === 'keys.unlock')).toHaveLength(1);
  expect(box.innerHTML).not.toContain('wrong one');
});

it('shows the key that the right password opened', async () => {
  const { box, field } = await locked();
  field.value = 'geheim';
  await click(buttonNamed(box, 'Unlock'));
  await until('the key', () => box.textContent.includes('RSA private key, 2048 bits'));
  expect(box.querySelector('input[type="password"]')).toBeNull();
});

it('asks before it removes', async () => {
  const { box, model } = await locked();
  await click(buttonNamed(box, 'Remove server.pfx'));
  expect(model.keys.getState().keys).toHaveLength(1);
  await click(buttonNamed(box, 'Keep'));
  await click(buttonNamed(box, 'Remove server.pfx'));
  await click(buttonNamed(box, 'Remove'));
  await until('the removal', () => model.keys.getState().keys.length === 0);
  expect(box.textContent).toContain('No key is loaded yet');
});
