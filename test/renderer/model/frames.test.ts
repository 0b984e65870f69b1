import { describe, expect, it, vi } from 'vitest';
import { NO_FILTER } from '../../../renderer/model/frames.ts';
import { shownOf } from '../../../renderer/model/loadable.ts';
import { fakeModel, settled, until } from '../render.tsx';

async function opened() {
  const made = fakeModel();
  await made.api.request('capture.choose', null);
  await settled(2);
  return made;
}

describe('the frame list', () => {
  it('selects the first frame by itself, and only once', async () => {
    const { model } = await opened();
    await model.frames.getState().load(0, 200);
    expect(model.frames.getState().selected).toBe(1);
    model.frames.getState().select(9);
    await model.frames.getState().load(0, 200);
    expect(model.frames.getState().selected).toBe(9);
  });
  it('goes to a frame that the filter hides, and says that it cleared it', async () => {
    const { model } = await opened();
    const frames = model.frames.getState();
    frames.setText('there is no such text');
    await frames.goTo(77);
    expect(model.frames.getState().filter).toEqual(NO_FILTER);
    expect(model.frames.getState().selected).toBe(77);
    expect(model.session.getState().toasts[0]?.text).toContain('77');
  });
  it('keeps the filter where it shows the frame', async () => {
    const { model } = await opened();
    model.frames.getState().setConversation('0');
    const { rows } = await model.frames.getState().load(0, 5);
    await model.frames.getState().goTo(rows[3]?.frame ?? 0);
    expect(model.frames.getState().filter.conversation).toBe('0');
    expect(model.frames.getState().reveal?.row).toBe(3);
  });
  it('says so where there is no such frame, and stays', async () => {
    const { model } = await opened();
    model.frames.getState().select(4);
    await model.frames.getState().goTo(999_999);
    expect(model.frames.getState().selected).toBe(4);
    expect(model.session.getState().toasts[0]?.kind).toBe('warning');
  });
  it('steps through the frames of a conversation, and says where that ends', async () => {
    const { model } = await opened();
    const { stepInConversation, select, setConversation } = model.frames.getState();
    const at = (): number | null => model.frames.getState().selected;
    const { rows } = await model.frames.getState().load(0, 1000);
    // One whose frames do not follow each other: else stepping through the list would pass as well.
    const apart = rows.find(
      ({ conversation }, index) =>
        conversation !== null &&
        rows[index + 1]?.conversation !== conversation &&
        rows.slice(index + 1).some((row) => row.conversation === conversation),
    );
    const conversation = apart?.conversation ?? '';
    setConversation(conversation);
    const own = await model.frames.getState().load(0, 1000);
    const frames = own.rows.map(({ frame }) => frame);
    const gap = frames.indexOf(apart?.frame ?? 0) + 1;
    expect(frames[gap]).toBeGreaterThan((frames[gap - 1] ?? 0) + 1);
    model.frames.getState().clearFilter();
    select(frames[gap - 1] ?? 0);
    await stepInConversation(1);
    expect(at()).toBe(frames[gap]);
    await stepInConversation(-1);
    expect(at()).toBe(frames[gap - 1]);
    select(frames[0] ?? 0);
    await stepInConversation(-1);
    expect(at()).toBe(frames[0]);
    expect(model.session.getState().toasts.at(-1)?.text).toBe(
      `Frame ${frames[0]} is the first of conversation ${conversation}.`,
    );
    select(frames.at(-1) ?? 0);
    await stepInConversation(1);
    expect(at()).toBe(frames.at(-1));
    expect(model.session.getState().toasts.at(-1)?.text).toContain(
      `the last of conversation ${conversation}`,
    );
  });
  it('keeps to the list where a filter narrows it, and leaves it where it hides the frame', async () => {
    const { model } = await opened();
    model.frames.getState().toggleVerdict('opaque');
    const { rows } = await model.frames.getState().load(0, 1000);
    const [first] = rows;
    const next = rows.slice(1).find(({ conversation }) => conversation === first?.conversation);
    model.frames.getState().select(first?.frame ?? 0);
    await model.frames.getState().stepInConversation(1);
    expect(model.frames.getState().selected).toBe(next?.frame);
    expect(model.frames.getState().filter.verdicts).toEqual(['opaque']);

    model.frames.getState().setText('there is no such text');
    await model.frames.getState().stepInConversation(-1);
    expect(model.frames.getState().selected).toBeLessThan(next?.frame ?? 0);
    expect(model.frames.getState().filter).toEqual(NO_FILTER);
  });
  it('goes back and forward over jumps, and forgets what a new jump overtakes', async () => {
    const { model } = await opened();
    const { select, goTo, back, forward } = model.frames.getState();
    const at = (): number | null => model.frames.getState().selected;
    select(5);
    await goTo(50);
    await goTo(60);
    await back();
    expect(at()).toBe(50);
    await back();
    expect(at()).toBe(5);
    await back();
    expect(at()).toBe(5);
    await forward();
    expect(at()).toBe(50);
    await goTo(70);
    await forward();
    expect(at()).toBe(70);
  });
  it('steps to the neighbours that the filter shows', async () => {
    const { model } = await opened();
    model.frames.getState().setConversation('1');
    const { rows } = await model.frames.getState().load(0, 3);
    model.frames.getState().select(rows[1]?.frame ?? 0);
    await model.frames.getState().step(1);
    expect(model.frames.getState().selected).toBe(rows[2]?.frame);
    await model.frames.getState().step(-1);
    await model.frames.getState().step(-1);
    await model.frames.getState().step(-1);
    expect(model.frames.getState().selected).toBe(rows[0]?.frame);
  });
  it('shows the detail of the last frame that was selected, not of the last that arrived', async () => {
    const { model, api } = await opened();
    for (let frame = 1; frame <= 40; frame += 1) model.frames.getState().select(frame);
    await until('the detail', () => model.frames.getState().detail.kind === 'ready');
    expect(shownOf(model.frames.getState().detail)?.row.frame).toBe(40);
    expect(api.asked.filter(({ name }) => name === 'frame.detail')).toHaveLength(2);
  });
  it('asks again for the detail when a key changed the verdicts, and forgets all with the capture', async () => {
    const { model, api } = await opened();
    model.frames.getState().select(1);
    await until('the detail', () => model.frames.getState().detail.kind === 'ready');
    const before = api.asked.filter(({ name }) => name === 'frame.detail').length;
    await api.request('keys.choose', null);
    await settled(3);
    expect(api.asked.filter(({ name }) => name === 'frame.detail')).toHaveLength(before + 1);
    model.frames.getState().setText('x');
    await api.request('capture.close', null);
    expect(model.frames.getState()).toMatchObject({
      selected: null,
      filter: NO_FILTER,
      detail: { kind: 'idle' },
    });
  });
  it('asks on after a filter that is not through, until it is', async () => {
    const { model, api } = fakeModel({ unsettled: 3 });
    await api.request('capture.choose', null);
    model.frames.getState().setText('invite');
    await model.frames.getState().load(0, 200);
    const early = model.frames.getState().shown;
    expect(early?.settled).toBe(false);
    await vi.waitFor(() => expect(model.frames.getState().shown?.settled).toBe(true), { timeout: 5000 });
    const late = model.frames.getState().shown;
    expect(late?.total).toBeGreaterThan(early?.total ?? 0);
    const asked = api.asked.filter(({ name }) => name === 'frames.window').length;
    await settled(3);
    expect(api.asked.filter(({ name }) => name === 'frames.window')).toHaveLength(asked);
  });
  it('tells why a detail could not be read', async () => {
    const { model, api } = fakeModel({ failing: { 'frame.detail': 'The file was changed.' } });
    await api.request('capture.choose', null);
    model.frames.getState().select(3);
    await until('the failure', () => model.frames.getState().detail.kind === 'failed');
    expect(model.frames.getState().detail).toEqual({ kind: 'failed', message: 'The file was changed.' });
  });
});
