import { afterEach, expect, it } from 'vitest';
import { ConversationPane } from '../../../renderer/features/conversations/ConversationPane.tsx';
import { act } from 'react';
import { buttonNamed, click, fakeModel, render, settled, until } from '../render.tsx';

let end: () => Promise<void> = () => Promise.resolve();
afterEach(() => end());

async function shown(conversation: string) {
  const made = fakeModel({ frames: 20_000 });
  await made.api.request('capture.choose', null);
  made.model.conversations.getState().select(conversation);
  const rendered = await render(made.model, <ConversationPane />);
  end = rendered.end;
  await until('the ladder', () => rendered.box.querySelector('.ladder-row') !== null);
  return { ...made, box: rendered.box };
}

it('begins at the step that failed', async () => {
  const { box } = await shown('6');
  expect(box.querySelector('.ladder-row[aria-selected="true"] title')?.textContent).toContain('unknown_ca');
});

it('is walked by the keyboard, and Enter goes to the frame', async () => {
  const { box, model } = await shown('1');
  const list = box.querySelector('[role="listbox"]');
  const press = (key: string): Promise<void> =>
    act(async () => {
      list?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    });
  await press('ArrowDown');
  await press('ArrowDown');
  await press('ArrowUp');
  expect(box.querySelector('.ladder-row[aria-selected="true"]')?.getAttribute('aria-posinset')).toBe('2');
  await press('Enter');
  await until(
    'the jump',
    () => model.session.getState().view === 'frames' && model.frames.getState().selected !== null,
  );
});

it('draws a bounded number of steps', async () => {
  const { box } = await shown('1');
  expect(box.querySelectorAll('.ladder-row').length).toBeLessThan(40);
});

it('narrows the frame list to the conversation', async () => {
  const { box, model } = await shown('1');
  await click(buttonNamed(box, 'Show its frames'));
  expect(model.frames.getState().filter.conversation).toBe('1');
  expect(model.session.getState().view).toBe('frames');
});

it('shows the text of the stream when asked', async () => {
  const { box, api } = await shown('7');
  const tab = [...box.querySelectorAll('[role="tab"]')].find((each) => each.textContent.startsWith('Text'));
  await click(tab);
  await settled(3);
  expect(api.asked.some(({ name }) => name === 'conversation.text')).toBe(true);
  expect(box.querySelector('.sip-text')?.textContent).toContain('SIP/2.0');
});
