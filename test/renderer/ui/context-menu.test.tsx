import { act } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { ContextMenu } from '../../../renderer/ui/ContextMenu.tsx';
import { fakeModel, render } from '../render.tsx';

async function open() {
  const ran = vi.fn();
  const onClose = vi.fn();
  const item = (label: string, disabled = false) => ({ label, disabled, run: () => ran(label) });
  const { end } = await render(
    fakeModel().model,
    <ContextMenu
      label="Frame 7"
      x={10}
      y={10}
      groups={[[item('Explain'), item('Follow', true)], [item('Copy')]]}
      onClose={onClose}
    />,
  );
  const menu = document.querySelector('[role="menu"]');
  if (menu === null) throw new Error('There is no menu');
  const press = (key: string): Promise<void> =>
    act(async () => {
      document.activeElement?.dispatchEvent(
        new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
      );
    });
  const at = (): string | null => document.activeElement?.textContent ?? null;
  return { ran, onClose, end, menu, press, at };
}

describe('a menu at the pointer', () => {
  it('is walked by keys, passes over what is of no use, and wraps', async () => {
    const { press, at, end } = await open();
    expect(at()).toBe('Explain');
    await press('ArrowDown');
    expect(at()).toBe('Copy');
    await press('ArrowDown');
    expect(at()).toBe('Explain');
    await press('c');
    expect(at()).toBe('Copy');
    await end();
  });
  it('closes before it runs, and closes by Escape and by a press outside', async () => {
    const { ran, onClose, menu, press, end } = await open();
    await press('Escape');
    expect(onClose).toHaveBeenCalledTimes(1);
    await act(async () => {
      document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }));
    });
    expect(onClose).toHaveBeenCalledTimes(2);
    ran.mockImplementation(() => expect(onClose).toHaveBeenCalledTimes(3));
    const entry = menu.querySelector('button');
    await act(async () => entry?.click());
    expect(ran).toHaveBeenCalledWith('Explain');
    await end();
  });
});
