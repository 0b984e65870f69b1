import { describe, expect, it } from 'vitest';
import { frameColumns } from '../../../renderer/features/frame-list/frame-columns.ts';
import { formatRelative } from '../../../renderer/model/format.ts';
import { fakeModel, settled, until } from '../render.tsx';

const DESCENDING = { column: 'length', descending: true } as const;

async function opened() {
  const made = fakeModel({ frames: 300 });
  await made.api.request('capture.choose', null);
  await settled(2);
  return made;
}

describe('the order of a list', () => {
  it('is asked for with every window, and what is asked beside it leaves it alone', async () => {
    const { model, api } = await opened();
    const frames = model.frames.getState();
    frames.setOrder(DESCENDING);
    const { rows } = await frames.load(0, 200);
    const lengths = rows.map(({ length }) => length);
    expect(lengths).toEqual(lengths.toSorted((a, b) => b - a));
    await frames.stepInConversation(1);
    const orders = api.asked.flatMap(({ name, params }) =>
      name === 'frames.window' && typeof params === 'object' && params !== null && 'order' in params
        ? [params.order]
        : [],
    );
    // null would let go of the order that the host keeps.
    expect(orders.length).toBeGreaterThan(0);
    expect(orders).not.toContain(null);
  });
  it('is that in which one steps and jumps', async () => {
    const { model } = await opened();
    model.frames.getState().setOrder(DESCENDING);
    const { rows } = await model.frames.getState().load(0, 200);
    await model.frames.getState().goTo(rows[7]?.frame ?? 0);
    expect(model.frames.getState().reveal?.row).toBe(7);
    await model.frames.getState().step(1);
    expect(model.frames.getState().selected).toBe(rows[8]?.frame);
    expect(model.frames.getState().reveal?.row).toBe(8);
  });
  it('keeps in view what somebody chose, but not the frame that was selected for want of any', async () => {
    const { model } = await opened();
    await model.frames.getState().load(0, 200);
    expect(model.frames.getState().selected).toBe(1);
    model.frames.getState().setOrder(DESCENDING);
    await settled(3);
    expect(model.frames.getState().reveal).toBeNull();
    model.frames.getState().select(40);
    model.frames.getState().setOrder({ column: 'frame', descending: true });
    await until('the chosen frame', () => model.frames.getState().reveal?.row === 300 - 40);
  });
  it('begins as captured with another capture', async () => {
    const { model, api } = await opened();
    model.frames.getState().setOrder(DESCENDING);
    model.conversations.getState().setOrder({ column: 'frames', descending: false });
    model.calls.getState().setOrder({ column: 'to', descending: false });
    model.media.getState().setOrder({ column: 'lost', descending: true });
    await api.request('capture.openSample', null);
    await settled(2);
    for (const store of [model.frames, model.conversations, model.calls, model.media])
      expect(store.getState().order).toBeNull();
  });
  it('leads a link to the row where a conversation stands, and a call', async () => {
    const { model } = await opened();
    model.conversations.getState().setOrder({ column: 'frames', descending: true });
    const { rows } = await model.conversations.getState().load(0, 50);
    await model.conversations.getState().goTo(rows[3]?.conversation ?? '');
    expect(model.conversations.getState().reveal?.row).toBe(3);
    model.calls.getState().setOrder({ column: 'time', descending: true });
    const calls = await model.calls.getState().load(0, 50);
    model.calls.getState().goTo(calls.rows[4]?.call ?? '');
    await until('the call', () => model.calls.getState().reveal?.row === 4);
  });
});

describe('the time of a row', () => {
  it('is that since the row above it in the list, where one wants that', async () => {
    const { model } = await opened();
    model.frames.getState().toggleTime();
    expect(model.frames.getState().time).toBe('delta');
    const time = frameColumns('delta').find(({ id }) => id === 'time');
    model.frames.getState().setOrder(DESCENDING);
    const { rows } = await model.frames.getState().load(0, 10);
    const [first, second] = rows;
    if (first === undefined || second === undefined) throw new Error('There are no rows');
    expect(time?.text(first)).toBe('');
    expect(time?.text(second)).toBe(formatRelative(second.relative - first.relative));
  });
});
