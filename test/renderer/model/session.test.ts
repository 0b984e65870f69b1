import { describe, expect, it } from 'vitest';
import type { ApiError } from '../../../core/api.ts';
import { createSession, progressOf } from '../../../renderer/model/session.ts';
import { fakeModel, fakePageApi, settled } from '../render.tsx';

describe('the session', () => {
  it('asks the host who it is, and where the capture stands', async () => {
    const { model } = fakeModel({ host: 'browser' });
    await settled(2);
    expect(model.session.getState().host?.host).toBe('browser');
    expect(model.session.getState().status.phase).toBe('empty');
  });
  it('says what went wrong, once', async () => {
    const { model } = fakeModel({ failing: { 'capture.openSample': 'The sample is missing.' } });
    await model.session.getState().openSample();
    await model.session.getState().openSample();
    expect(model.session.getState().toasts.map(({ text }) => text)).toEqual(['The sample is missing.']);
    expect(model.session.getState().opening).toBe(false);
  });
  it('says nothing where the user cancelled', async () => {
    const error: ApiError = { code: 'cancelled', message: 'Cancelled' };
    const api = fakePageApi();
    const session = createSession({
      ...api,
      stageCaptures: () => Promise.reject(Object.assign(new Error(), error)),
    });
    await session.getState().openFiles([new File([], 'a.pcap')]);
    expect(session.getState().toasts).toEqual([]);
  });
  it('does not take an answer for newer than what was pushed meanwhile', async () => {
    const { model, api } = fakeModel();
    await settled(2);
    const { status } = model.session.getState();
    const late = { ...status, capture: 1, phase: 'reading' } as const;
    const session = createSession({
      ...api,
      request: async (name, params) => {
        if (name !== 'capture.openSample') return api.request(name, params);
        api.push('status', { ...late, phase: 'done', frames: 38 });
        return Reflect.apply(() => late, undefined, []);
      },
    });
    await session.getState().openSample();
    expect(session.getState().status).toMatchObject({ phase: 'done', frames: 38 });
  });
  it('keeps only the latest few messages', () => {
    const { model } = fakeModel();
    for (let turn = 0; turn < 20; turn += 1) model.session.getState().say('error', `Fault ${turn}`);
    expect(model.session.getState().toasts.length).toBeLessThan(6);
    expect(model.session.getState().toasts.at(-1)?.text).toBe('Fault 19');
  });
  it('knows no progress where the size is unknown, and never more than all', async () => {
    const { model } = fakeModel();
    const { status } = model.session.getState();
    expect(progressOf({ ...status, bytesTotal: null, bytesRead: 5 })).toBeNull();
    expect(progressOf({ ...status, bytesTotal: 0, bytesRead: 5 })).toBeNull();
    expect(progressOf({ ...status, bytesTotal: 10, bytesRead: 50 })).toBe(1);
  });
});
