import { describe, expect, it } from 'vitest';
import { fakeModel, settled } from '../render.tsx';

const PASSWORD = 'correct horse battery staple';

describe('keys', () => {
  it('tells a wrong file what it is', async () => {
    const { model } = fakeModel();
    await model.keys.getState().addFiles([new File(['JFIF'], 'holiday.jpg')]);
    expect(model.keys.getState().problems[0]).toContain('holiday.jpg');
  });
  it('joins the outcomes of several files', async () => {
    const { model } = fakeModel();
    await model.keys
      .getState()
      .addFiles([
        new File(['-----BEGIN PRIVATE KEY-----'], 'a.pem'),
        new File(['JFIF'], 'b.jpg'),
        new File(['-----BEGIN CERTIFICATE-----'], 'c.crt'),
      ]);
    expect(model.keys.getState().keys.map(({ name }) => name)).toEqual(['a.pem', 'b.jpg', 'c.crt']);
    expect(model.keys.getState().problems).toHaveLength(2);
    expect(model.keys.getState().fresh).toHaveLength(3);
  });
  it('passes a password on and keeps it nowhere', async () => {
    const { model, api } = fakeModel();
    await model.keys.getState().addFiles([new File(['x'], 'server.pfx')]);
    const key = model.keys.getState().keys[0]?.key ?? 0;
    expect(await model.keys.getState().unlock(key, PASSWORD)).toBe(false);
    expect(api.asked.at(-1)).toEqual({ name: 'keys.unlock', params: { key, password: PASSWORD } });
    const all = [model.keys, model.session, model.frames, model.conversations, model.layout];
    expect(JSON.stringify(all.map((store) => store.getState()))).not.toContain(PASSWORD);
    expect(await model.keys.getState().unlock(key, 'geheim')).toBe(true);
    expect(model.keys.getState().keys[0]).toMatchObject({ kind: 'rsa-private-key', usable: true });
  });
  it('keeps nothing of pasted text', async () => {
    const { model } = fakeModel();
    await model.keys.getState().addText('-----BEGIN PRIVATE KEY-----\nc2VjcmV0IGJ5dGVz\n');
    expect(JSON.stringify(model.keys.getState())).not.toContain('c2VjcmV0');
    expect(model.keys.getState().keys).toHaveLength(1);
  });
  it('follows keys that came from elsewhere, and removals', async () => {
    const { model, api } = fakeModel();
    await api.request('keys.choose', null);
    await settled(1);
    expect(model.keys.getState().keys).toHaveLength(1);
    await model.keys.getState().remove(1);
    expect(model.keys.getState().keys).toHaveLength(0);
  });
});
