import { describe, expect, it } from 'vitest';
import { createCalls } from '../../../renderer/model/calls.ts';
import { shownOf } from '../../../renderer/model/loadable.ts';
import { callIdOf, callRow } from '../../support/fake/call-world.ts';
import { fakeModel, settled, until } from '../render.tsx';

describe('the calls', () => {
  it('are what the window opens on where the capture has any', async () => {
    const { model, api } = fakeModel({ calls: 40 });
    await api.request('capture.choose', null);
    await until('the calls', () => model.session.getState().view === 'calls');
    expect(model.calls.getState().count).toBe(40);
    await api.request('capture.openSample', null);
    await until('the frames', () => model.session.getState().view === 'frames');
    expect(model.calls.getState().count).toBe(0);
  });
  it('do not come in between once the user chose a view or works in one', async () => {
    for (const choose of ['show', 'work'] as const) {
      const { model, api } = fakeModel({ calls: 40, readingTime: 60 });
      await settled(2);
      await api.request('capture.choose', null);
      if (choose === 'show') model.session.getState().show('findings');
      else model.session.getState().keepView();
      await until('the end', () => model.session.getState().status.phase === 'done');
      await until('the count', () => model.calls.getState().count === 40);
      expect(model.session.getState().view).toBe(choose === 'show' ? 'findings' : 'frames');
    }
  });
  it('stay with the keys that the user is adding', async () => {
    const { model, api } = fakeModel({ calls: 40 });
    await settled(2);
    model.session.getState().show('keys');
    await api.request('capture.choose', null);
    await until('the count', () => model.calls.getState().count === 40);
    expect(model.session.getState().view).toBe('keys');
  });
  it('are filtered by text and by families of states', async () => {
    const { model, api } = fakeModel({ calls: 40 });
    await api.request('capture.choose', null);
    const calls = model.calls.getState();
    calls.toggleStates(['busy', 'declined']);
    const { rows, total } = await model.calls.getState().load(0, 100);
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(['busy', 'declined']));
    expect(model.calls.getState().shown).toBe(total);
    calls.toggleStates(['busy', 'declined']);
    expect(model.calls.getState().states).toEqual([]);
    calls.setText('1007@');
    expect((await model.calls.getState().load(0, 100)).rows.every(({ from }) => from.includes('1007@'))).toBe(
      true,
    );
  });
  it('ask again for the selected call when a key was added', async () => {
    const { model, api } = fakeModel({ calls: 40 });
    await api.request('capture.choose', null);
    await model.calls.getState().load(0, 10);
    await until('the call', () => shownOf(model.calls.getState().detail) !== null);
    expect(shownOf(model.calls.getState().detail)?.locks).toHaveLength(1);
    await api.request('keys.choose', null);
    await until('the call, read', () => shownOf(model.calls.getState().detail)?.locks.length === 0);
    expect(shownOf(model.calls.getState().detail)?.arrows.some(({ decrypted }) => decrypted)).toBe(true);
  });
  it('follow a call that has another name once it can be read', async () => {
    const { model, api } = fakeModel({ calls: 40 });
    let read = false;
    const calls = createCalls(
      {
        ...api,
        request: async (name, params) => {
          const answer = await api.request(name, params);
          if (!read) return answer;
          if (name === 'call.detail' && JSON.stringify(params).includes('locked'))
            throw Object.assign(new Error('Gone.'), { code: 'not-found', message: 'Gone.' });
          return name === 'calls.window'
            ? Object.assign({}, answer, {
                rows: [{ ...callRow(6, true), call: callIdOf(5, 0), relative: 19.9 }],
              })
            : answer;
        },
      },
      model.session,
    );
    await api.request('capture.choose', null);
    calls.getState().select('locked 6');
    await until('the locked call', () => calls.getState().detail.kind === 'ready');
    read = true;
    calls.getState().reload();
    await until('the same call, read', () => calls.getState().selected === callIdOf(5, 0));
    await until('its row', () => calls.getState().reveal !== null);
    expect(calls.getState().reveal?.row).toBe(5);
    await until('its course', () => calls.getState().detail.kind === 'ready');
  });
  it('ask once more for the selected call when the capture has been read', async () => {
    const { model, api } = fakeModel({ calls: 40, readingTime: 150 });
    await api.request('capture.choose', null);
    model.calls.getState().select(callRow(1, false).call);
    await until('the end', () => model.session.getState().status.phase === 'done');
    await settled(3);
    expect(api.asked.filter(({ name }) => name === 'call.detail').length).toBeGreaterThan(1);
  });
  it('take the user’s word on legs, and say so where it was refused', async () => {
    const { model, api } = fakeModel({ calls: 40, failing: { 'calls.join': 'There is no such leg.' } });
    await api.request('capture.choose', null);
    await model.calls.getState().join(['a', 'b'], true);
    expect(model.calls.getState().joins).toBe(0);
    expect(model.session.getState().toasts.map(({ text }) => text)).toEqual(['There is no such leg.']);
  });
  it('show what went wrong in the call’s place', async () => {
    const { model, api } = fakeModel({ calls: 40, failing: { 'call.detail': 'The file has changed.' } });
    await api.request('capture.choose', null);
    await model.calls.getState().load(0, 10);
    await until('the fault', () => model.calls.getState().detail.kind === 'failed');
  });
});
