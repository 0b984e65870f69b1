import { act } from 'react';
import { afterEach, expect, it } from 'vitest';
import type { CaptureStatus, KeyRow } from '../../../core/api.ts';
import { KeyCard } from '../../../renderer/features/keys/KeyCard.tsx';
import { fakeModel, render, settled } from '../render.tsx';

let end: () => Promise<void> = () => Promise.resolve();
afterEach(() => end());

it('says of a key that it opens nothing only when all was tried', async () => {
  const { model } = fakeModel();
  await settled(2);
  const showPhase = (phase: CaptureStatus['phase']): void =>
    act(() => model.session.setState(({ status }) => ({ status: { ...status, phase } })));
  showPhase('opening');
  const { box, end: remove } = await render(model, <KeyCard row={KEY} />);
  end = remove;
  expect(box.textContent).toContain('being tried');
  expect(box.textContent).not.toMatch(/none here|no server certificate/);
  showPhase('done');
  expect(box.textContent).toMatch(/opens none here.*matches no server certificate here/);
});

const KEY: KeyRow = {
  key: 1,
  name: 'pbx.pem',
  kind: 'rsa-private-key',
  format: 'PEM, PKCS#8',
  encrypted: false,
  usable: true,
  bits: 2048,
  sha256OfPublicKey: null,
  subject: null,
  notAfter: null,
  problem: null,
  lines: null,
  linesUsed: null,
  matches: 0,
  opens: 0,
};
