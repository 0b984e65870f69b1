import { afterEach, describe, expect, it } from 'vitest';
import { FrameDetailPane } from '../../../renderer/features/frame-detail/FrameDetailPane.tsx';
import { click, fakeModel, render, until } from '../render.tsx';

let end: () => Promise<void> = () => Promise.resolve();
afterEach(() => end());

async function shown(frame: number, withWhy = false) {
  const made = fakeModel();
  await made.api.request('capture.openSample', null);
  made.model.frames.getState().select(frame);
  const rendered = await render(made.model, <FrameDetailPane withWhy={withWhy} />);
  end = rendered.end;
  await until('the detail', () => rendered.box.textContent.includes(`Frame ${frame}`));
  return { ...made, box: rendered.box };
}

/** The sample's first frame that decrypts to SIP. */
const SIP_FRAME = 23;

describe('the frame detail', () => {
  it('shows the decrypted SIP text first', async () => {
    const { box } = await shown(SIP_FRAME);
    expect(box.querySelector('.sip-text')?.textContent).toContain('SIP/2.0 200 OK');
    expect(box.querySelector('[role="tab"][aria-selected="true"]')?.textContent).toBe('SIP');
  });
  it('marks the bytes of a record', async () => {
    const { box } = await shown(2);
    await click(box.querySelector('.record-button'));
    const marked = [...box.querySelectorAll('.hex-byte.hex-marked')];
    expect(marked[0]?.getAttribute('data-at')).toBe('54');
    expect(marked[0]?.textContent).toBe('17');
  });
  it('selects the tree node of a byte, and opens what hides it', async () => {
    const { box } = await shown(2);
    await click(box.querySelector('.hex-byte[data-at="23"]'));
    expect(box.querySelector('[role="treeitem"][aria-selected="true"]')?.textContent).toBe(
      'Protocol: TCP (6)',
    );
  });
  it('goes to the plaintext of a decrypted line', async () => {
    const { box, api } = await shown(SIP_FRAME);
    const sip = [...box.querySelectorAll('[role="treeitem"]')].find((line) =>
      line.textContent.includes('Session Initiation'),
    );
    await click(sip);
    await until('the plaintext', () => box.querySelector('.hex-byte.hex-marked') !== null);
    expect(api.asked.at(-1)?.name).toBe('record.plaintext');
    expect(box.querySelector('.hex-byte.hex-marked')?.textContent).toBe('53');
  });
  it('puts the reason first where there is no column for it', async () => {
    const { box } = await shown(1, true);
    expect(box.querySelector('[role="tab"]')?.textContent).toBe('Why');
    expect(box.textContent).toContain('Set up before the capture began');
  });
  it('offers to try again where the frame could not be read', async () => {
    const { model, api } = fakeModel({ failing: { 'frame.detail': 'The file was changed.' } });
    await api.request('capture.openSample', null);
    model.frames.getState().select(1);
    const rendered = await render(model, <FrameDetailPane withWhy={false} />);
    end = rendered.end;
    await until('the failure', () => rendered.box.textContent.includes('The file was changed.'));
    expect(rendered.box.querySelector('[role="alert"] button')?.textContent).toBe('Try again');
  });
});
