import { afterEach, expect, it } from 'vitest';
import { ConversationPane } from '../../../renderer/features/conversations/ConversationPane.tsx';
import { KeysView } from '../../../renderer/features/keys/KeysView.tsx';
import { click, fakeModel, render, settled, until } from '../render.tsx';

let end: () => Promise<void> = () => Promise.resolve();
afterEach(() => end());

async function shown(
  conversations: readonly string[],
  tab: string,
  options: Parameters<typeof fakeModel>[0] = {},
) {
  const made = fakeModel({ frames: 20_000, ...options });
  await made.api.request('capture.choose', null);
  for (const conversation of conversations) made.model.conversations.getState().select(conversation);
  const rendered = await render(made.model, <ConversationPane />);
  end = rendered.end;
  await until('the conversation', () =>
    rendered.box.textContent.includes(`Conversation ${conversations.at(-1)}`),
  );
  await click([...rendered.box.querySelectorAll('[role="tab"]')].find((each) => each.textContent === tab));
  await settled(4);
  return { ...made, box: rendered.box };
}

it('compares with the conversation that was looked at before', async () => {
  const { box, api } = await shown(['1', '6'], 'Compare');
  await click(box.querySelector('.compare-choice button'));
  await until('the comparison', () => box.querySelector('.compare-yes') !== null);
  expect(api.asked.findLast(({ name }) => name === 'conversations.compare')?.params).toEqual({
    left: '6',
    right: '1',
  });
  const equal = box.querySelectorAll('.compare-same').length;
  await click(box.querySelector('.compare-counts input'));
  expect(box.querySelectorAll('.compare-same').length).toBeGreaterThan(equal);
});

it('says why two conversations could not be compared', async () => {
  const { box } = await shown(['1', '6'], 'Compare', {
    failing: { 'conversations.compare': 'There is no conversation 1.' },
  });
  await click(box.querySelector('.compare-choice button'));
  await until('the failure', () => box.textContent.includes('There is no conversation 1.'));
});

it('tells the time of each step, and where there is no handshake to time', async () => {
  const { box } = await shown(['1'], 'Timing');
  expect(box.querySelectorAll('.timing-steps tbody tr')).toHaveLength(4);
  await end();
  const other = await shown(['0'], 'Timing');
  expect(other.box.textContent).toContain('No handshake of this conversation');
});

it('tells what each key opens, where it never can, and what the capture needs', async () => {
  const { model, api } = fakeModel({ frames: 20_000 });
  await api.request('capture.choose', null);
  await api.request('keys.choose', null);
  const rendered = await render(model, <KeysView />);
  end = rendered.end;
  await until('the roles', () => rendered.box.querySelector('.key-roles') !== null);
  expect(rendered.box.querySelector('.key-roles')?.textContent).toContain(
    'where its host is the client it never can',
  );
  await until('the needs', () => rendered.box.querySelector('.needs') !== null);
  await click(rendered.box.querySelector('.needs .link'));
  await until('the jump', () => model.session.getState().view === 'conversations');
});
