import { act } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import { CallPane } from '../../../renderer/features/calls/CallPane.tsx';
import { CallsView } from '../../../renderer/features/calls/CallsView.tsx';
import { MessageView } from '../../../renderer/features/calls/MessageView.tsx';
import { StreamPane } from '../../../renderer/features/calls/StreamPane.tsx';
import { callRow, streamRow } from '../../support/fake/call-world.ts';
import { buttonNamed, click, fakeModel, render, settled, until } from '../render.tsx';

let end: () => Promise<void> = () => Promise.resolve();
afterEach(() => end());

async function shown(index: number, options: { key?: boolean; failing?: Record<string, string> } = {}) {
  const made = fakeModel({ calls: 40, failing: options.failing ?? {} });
  await made.api.request('capture.choose', null);
  if (options.key === true) await made.api.request('keys.choose', null);
  made.model.calls.getState().select(callRow(index, options.key === true).call);
  const rendered = await render(made.model, <CallPane />);
  end = rendered.end;
  await until('the ladder', () => rendered.box.querySelector('.call-ladder .ladder-row') !== null);
  return { ...made, box: rendered.box };
}

const titles = (box: ParentNode): string[] =>
  [...box.querySelectorAll('.call-ladder .ladder-row title')].map((title) => title.textContent);
const tab = (box: ParentNode, name: RegExp): HTMLElement => {
  const found = [...box.querySelectorAll('[role="tab"]')].find((each) => name.test(each.textContent));
  if (!(found instanceof HTMLElement)) throw new Error(`There is no tab ${String(name)}`);
  return found;
};
const press = (box: ParentNode, key: string, more: KeyboardEventInit = {}): Promise<void> =>
  act(async () => {
    box
      .querySelector('.call-ladder [role="listbox"]')
      ?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...more }));
  });

describe('the call’s ladder', () => {
  it('says of each message how it was read, and between which hosts', async () => {
    const { box } = await shown(0, { key: true });
    const said = titles(box);
    expect(said[0]).toBe('Frame 10, INVITE from 10.0.0.9 to 10.0.0.5, SDP: PCMA, PCMU, decrypted, leg A');
    expect(said[2]).toMatch(/in clear, leg B$/);
    expect(said[3]).toMatch(/in clear, sent again, leg B$/);
    expect(said.some((title) => title.startsWith('Media from 10.0.0.9 to 10.0.0.5'))).toBe(true);
  });
  it('draws what could not be read as a locked stretch, with its cause and the ways on', async () => {
    const { box, model } = await shown(0);
    expect(titles(box)[0]).toBe(
      'Locked stretch between 10.0.0.9 and 10.0.0.5, no key, conversation 1, 14 records',
    );
    expect(box.querySelector('.call-lock-band')).not.toBeNull();
    const pane = box.querySelector('[aria-label="Locked stretch"]');
    expect(pane?.textContent).toContain('an inference');
    await click(buttonNamed(box, 'Why it cannot be read'));
    await until('the conversation', () => model.session.getState().view === 'conversations');
    expect(model.conversations.getState().selected).toBe('1');
  });
  it('begins at the response that refused the call', async () => {
    const { box } = await shown(2, { key: true });
    expect(box.querySelector('.ladder-row[aria-selected="true"] title')?.textContent).toContain('486');
    expect(box.querySelectorAll('.call-refused')).toHaveLength(2);
  });
  it('does not take a challenge for a refusal', async () => {
    const { box } = await shown(12, { key: true });
    expect(titles(box).some((title) => title.includes('407'))).toBe(true);
    expect(box.querySelector('.call-refused')).toBeNull();
  });
  it('is walked by the keyboard, and Enter goes to the frame', async () => {
    const { box, model } = await shown(0, { key: true });
    await press(box, 'ArrowDown');
    await press(box, 'ArrowDown');
    await press(box, 'ArrowUp');
    expect(box.querySelector('.ladder-row[aria-selected="true"]')?.getAttribute('aria-posinset')).toBe('2');
    await press(box, 'Enter');
    await until('the frame', () => model.frames.getState().selected === 11);
    expect(model.session.getState().view).toBe('frames');
  });
  it('shows the text of the selected message, and how it differs from the one that was kept', async () => {
    const { box } = await shown(0, { key: true });
    await until('the text', () => box.querySelector('.sip-text') !== null);
    await press(box, 'ArrowDown', { shiftKey: true });
    await until('the difference', () => box.querySelector('.diff-table') !== null);
    expect(box.querySelector('.diff-table thead')?.textContent).toContain('INVITE');
    expect(box.querySelector('.diff-changed')).not.toBeNull();
    expect(box.querySelector('.call-kept title')?.textContent).toContain('Frame 10');
    await click(buttonNamed(box, 'Difference'));
    await until('the text again', () => box.querySelector('.sip-text') !== null);
  });
});

describe('the call', () => {
  it('tells why its legs are one call, and lets the user say otherwise', async () => {
    const { box, api } = await shown(0, { key: true });
    await click(tab(box, /^Legs/));
    expect(box.querySelector('.call-joins')?.textContent).toContain('A and B, likeness');
    expect(box.querySelector('.call-joins .confidence')).not.toBeNull();
    await click(buttonNamed(box, 'Separate'));
    expect(api.asked.find(({ name }) => name === 'calls.join')?.params).toMatchObject({ joined: false });
    const field = box.querySelector('.call-join input');
    if (!(field instanceof HTMLInputElement)) throw new Error('No field');
    field.value = 'other@10.0.0.5';
    await click(buttonNamed(box, 'Join'));
    expect(api.asked.filter(({ name }) => name === 'calls.join').at(-1)?.params).toMatchObject({
      callIds: [expect.any(String), 'other@10.0.0.5'],
      joined: true,
    });
  });
  it('lists offers and answers with what is odd about them', async () => {
    const { box } = await shown(0, { key: true });
    await click(tab(box, /^SDP/));
    expect(box.querySelector('.data-table')?.textContent).toContain('private address');
    expect(box.querySelector('.data-table')?.textContent).toContain('SRTP, keys in SDP');
  });
  it('of which nothing could be read says so, and still shows its streams', async () => {
    const { box } = await shown(6);
    expect(titles(box)[0]).toMatch(/^Locked stretch/);
    await click(tab(box, /^Legs/));
    expect(box.textContent).toContain('No leg of this call could be read');
  });
});

describe('a stream', () => {
  it('says that its MOS is an estimate, and plays', async () => {
    const { model, api } = fakeModel({ calls: 40 });
    await api.request('capture.choose', null);
    await api.request('keys.choose', null);
    const rendered = await render(model, <StreamPane row={streamRow(0, true)} withCall />);
    end = rendered.end;
    expect(rendered.box.querySelector('.confidence')?.textContent).toBe('estimate');
    expect(rendered.box.textContent).toContain('every packet is authentic');
    const made: Blob[] = [];
    URL.createObjectURL = (blob) => {
      if (blob instanceof Blob) made.push(blob);
      return 'blob:made';
    };
    URL.revokeObjectURL = () => undefined;
    HTMLMediaElement.prototype.play = () => Promise.resolve();
    HTMLMediaElement.prototype.pause = () => undefined;
    await click(buttonNamed(rendered.box, 'Play'));
    await until('the sound', () => rendered.box.querySelector('audio') !== null);
    expect(rendered.box.querySelector('audio')?.getAttribute('src')).toBe('blob:made');
    expect(made[0]?.type).toBe('audio/wav');
    await click(buttonNamed(rendered.box, 'Stop'));
    expect(rendered.box.querySelector('audio')).toBeNull();
  });
  it('that is shut says why, and offers no sound', async () => {
    const { model } = fakeModel();
    const rendered = await render(model, <StreamPane row={streamRow(2, true)} withCall />);
    end = rendered.end;
    expect(rendered.box.querySelector('.stream-srtp')?.textContent).toContain('which stayed encrypted');
    expect(rendered.box.querySelector('.stream-player')?.textContent).toContain('It is encrypted');
    expect([...rendered.box.querySelectorAll('button')].some((each) => each.textContent === 'Play')).toBe(
      false,
    );
  });
});

describe('the calls view', () => {
  it('shows each of its lists, and each when it is empty', async () => {
    for (const sample of [true, false]) {
      const { model, api } = fakeModel({ calls: 12 });
      await api.request(sample ? 'capture.openSample' : 'capture.choose', null);
      const rendered = await render(model, <CallsView />);
      for (const name of [/^Registrations/, /^Other/, /^Media/, /^Statistics/, /^Calls/]) {
        await click(tab(rendered.box, name));
        await settled(4);
        expect(rendered.box.querySelector('[role="tabpanel"]')?.textContent).not.toBe('');
      }
      if (sample) expect(rendered.box.textContent).toContain('No call can be seen in this capture');
      await rendered.end();
    }
  });
  it('finds media streams by text, and says where none passes', async () => {
    const { model, api } = fakeModel({ calls: 12 });
    await api.request('capture.choose', null);
    const rendered = await render(model, <CallsView />);
    end = rendered.end;
    await click(tab(rendered.box, /^Media streams/));
    await until('the count', () => model.media.getState().count === 2);
    await act(async () => model.media.getState().setText('no stream has this'));
    await until('the empty list', () => rendered.box.textContent.includes('No stream passes the filter.'));
    expect(rendered.box.querySelector('.filter-bar')?.textContent).toContain('0 of 2');
    await act(async () => model.media.getState().setText(''));
    await until('all of them', () => model.media.getState().shown === 2);
  });
  it('lists the calls of a state that is pressed in the statistics', async () => {
    const { model, api } = fakeModel({ calls: 12 });
    await api.request('capture.choose', null);
    const rendered = await render(model, <CallsView />);
    end = rendered.end;
    await click(tab(rendered.box, /^Statistics/));
    await until('the counts', () => rendered.box.querySelector('.statistics-state') !== null);
    await click(rendered.box.querySelectorAll('.statistics-state')[1]);
    expect(model.calls.getState()).toMatchObject({ tab: 'calls', states: ['busy'] });
  });
});

it('never takes what a message says for markup', async () => {
  const made = fakeModel();
  const api = { ...made.api, request: async () => ({ text: 'X <img src=x onerror=alert(1)>\r\n\r\n<b>' }) };
  const rendered = await render(
    { ...made.model, api: { ...made.api, request: Reflect.get(api, 'request') } },
    <MessageView
      shown={{ message: 1, frame: 1, conversation: null, label: '<i>', decrypted: false }}
      kept={{ message: 2, frame: 2, conversation: null, label: '<u>', decrypted: false }}
      onKeep={() => undefined}
    />,
  );
  end = rendered.end;
  await until('the text', () => rendered.box.textContent.includes('onerror'));
  expect(rendered.box.querySelector('img, b, i, u')).toBeNull();
});
