import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { App } from '../../renderer/app.tsx';
import { buttonNamed, click, fakeModel, settled, until } from './render.tsx';

let root: Root | null = null;
let box: HTMLElement = document.body;

async function start(options: Parameters<typeof fakeModel>[0] = {}) {
  const made = fakeModel(options);
  box = document.createElement('div');
  document.body.append(box);
  root = createRoot(box);
  await act(async () => root?.render(<App model={made.model} />));
  await settled(2);
  return made;
}

afterEach(async () => {
  await act(async () => root?.unmount());
  box.remove();
});

const press = (key: string, more: KeyboardEventInit = {}): Promise<void> =>
  act(async () => {
    document.body.dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }),
    );
  });

describe('the page', () => {
  it('opens the sample in one press, and shows why the first frame is as it is', async () => {
    await start();
    expect(box.querySelector('h1')?.textContent).toBe('Sipher');
    await click(buttonNamed(box, 'Open the sample'));
    await until('the summary', () => box.textContent.includes('2 TLS connections'));
    expect(box.querySelector('.status-bar')?.textContent).toContain('38 frames');
    expect(box.querySelector('.navigation')?.textContent).toContain('Frames38');
  });
  it('waits for the host to say whose dialogs are used', async () => {
    const { model } = await start();
    const { host } = model.session.getState();
    await act(async () => model.session.setState({ host: null }));
    await click(buttonNamed(box, 'Open capture…'));
    await settled(2);
    expect(document.querySelector('input[type="file"]')).toBeNull();
    expect(model.session.getState().status.phase).toBe('empty');
    await act(async () => model.session.setState({ host }));
    await until('the capture', () => model.session.getState().status.phase !== 'empty');
  });
  it('offers to load as a key what was opened as a capture', async () => {
    const { model } = await start();
    const { status } = model.session.getState();
    const failed = {
      ...status,
      capture: 1,
      phase: 'failed',
      error: 'a.pem: This is not a capture file: it looks like a private key. Load it as a key instead.',
    } as const;
    await act(async () => model.session.setState({ status: failed }));
    await settled(2);
    expect(buttonNamed(box, 'Add it as a key…')).not.toBeNull();
    await act(async () => model.session.setState({ status: { ...failed, error: 'a.pcap: It is empty.' } }));
    expect(buttonNamed(box, 'Open another…')).not.toBeNull();
  });
  it('says why the desktop app did not start', async () => {
    await start({ host: 'browser', fallbackReason: 'There is no display.' });
    expect(box.textContent).toContain('There is no display.');
  });
  it('shows each view, and each when it is empty', async () => {
    const { model, api } = await start();
    await act(async () => {
      await api.request('capture.choose', null);
    });
    for (const view of ['conversations', 'sip', 'findings', 'keys', 'frames'] as const) {
      await act(async () => model.session.getState().show(view));
      await settled(3);
      expect(box.querySelector('[aria-current="page"]')).not.toBeNull();
      expect(box.querySelector('.shell-main')?.children.length).toBeGreaterThan(0);
    }
  });
  it('shows an error in words, and lets it go', async () => {
    await start({ failing: { 'capture.openSample': 'The sample is missing.' } });
    await click(buttonNamed(box, 'Open the sample'));
    await until(
      'the toast',
      () => box.querySelector('.toast')?.textContent.includes('The sample is missing.') === true,
    );
    await click(buttonNamed(box, 'Dismiss'));
    expect(box.querySelector('.toast')).toBeNull();
  });
  it('shows a failed capture’s sentence', async () => {
    const { api, model } = await start();
    const { status } = model.session.getState();
    await act(async () =>
      api.push('status', {
        ...status,
        capture: 1,
        phase: 'failed',
        error: 'This is a picture, not a capture.',
      }),
    );
    expect(box.querySelector('.summary [role], .summary')?.textContent).toContain('This is a picture');
  });
  it('cancels what is being read', async () => {
    const { api } = await start({ readingTime: 60_000 });
    await act(async () => {
      await api.request('capture.choose', null);
    });
    await click(buttonNamed(box, 'Cancel'));
    await until('the end', () => box.textContent.includes('Cancelled'));
  });
  it('answers to the keyboard: palette, help, go to frame', async () => {
    const { api, model } = await start();
    await act(async () => {
      await api.request('capture.openSample', null);
    });
    await press('?');
    expect(box.querySelector('dialog')?.textContent).toContain('Keyboard shortcuts');
    await act(async () => model.session.getState().setOverlay(null));
    await press('P', { ctrlKey: true, shiftKey: true });
    expect(box.querySelector('[role="combobox"]')).not.toBeNull();
    await act(async () => model.session.getState().setOverlay(null));
    await press('g', { ctrlKey: true });
    const field = box.querySelector('dialog input');
    if (!(field instanceof HTMLInputElement)) throw new Error('No field');
    field.value = '99';
    await click(buttonNamed(box, 'Go'));
    expect(box.querySelector('dialog')?.textContent).toContain('1 to 38');
    field.value = '30';
    await click(buttonNamed(box, 'Go'));
    await until('the jump', () => model.frames.getState().selected === 30);
  });
  it('follows the host’s menu', async () => {
    const { api, model } = await start();
    await act(async () => api.push('command', { command: 'show-keys' }));
    expect(model.session.getState().view).toBe('keys');
    await act(async () => api.push('command', { command: 'toggle-theme' }));
    expect(document.documentElement.dataset['theme']).toBe('dark');
  });
  it('says that the connection is lost', async () => {
    const { model } = await start();
    await act(async () => model.session.setState({ connection: 'lost' }));
    expect(box.querySelector('.status-bar [role="alert"]')?.textContent).toContain('lost');
  });
  it('opens captures through the host’s dialog where it has one', async () => {
    const { api } = await start();
    const asked = vi.fn();
    api.subscribe('status', asked);
    await click(buttonNamed(box, 'Open capture…'));
    await settled(3);
    expect(api.asked.some(({ name }) => name === 'capture.choose')).toBe(true);
  });
});
