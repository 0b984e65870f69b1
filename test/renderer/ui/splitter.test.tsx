import { act } from 'react';
import { afterEach, expect, it } from 'vitest';
import { Splitter } from '../../../renderer/ui/Splitter.tsx';
import { fakeModel, render } from '../render.tsx';

let end: () => Promise<void> = () => Promise.resolve();
afterEach(() => end());

it.each([
  ['rows', 'ArrowUp', 42],
  ['rows', 'ArrowDown', 38],
  ['columns', 'ArrowLeft', 42],
  ['columns', 'ArrowRight', 38],
  ['columns', 'Home', 12],
  ['columns', 'End', 85],
] as const)('moves a bar between %s by %s', async (direction, key, expected) => {
  const sizes: number[] = [];
  const rendered = await render(
    fakeModel().model,
    <Splitter
      direction={direction}
      size={40}
      initial={30}
      label="Height"
      first="a"
      second="b"
      onSize={(size) => sizes.push(size)}
    />,
  );
  end = rendered.end;
  const bar = rendered.box.querySelector('[role="separator"]');
  expect(bar?.getAttribute('aria-valuenow')).toBe('40');
  await act(async () => {
    bar?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  });
  expect(sizes).toEqual([expected]);
});

it('gives the first pane no more than it needs', async () => {
  const rendered = await render(
    fakeModel().model,
    <Splitter
      direction="rows"
      size={40}
      initial={30}
      label="Height"
      firstMax={160}
      first="a"
      second="b"
      onSize={() => undefined}
    />,
  );
  end = rendered.end;
  const [first, second] = rendered.box.querySelectorAll<HTMLElement>('.splitter-pane');
  expect(first?.style.maxHeight).toBe('160px');
  expect(second?.style.maxHeight).toBe('');
});

it('leaves all the room to the first pane where the second has nothing to show', async () => {
  const rendered = await render(
    fakeModel().model,
    <Splitter
      direction="rows"
      size={40}
      initial={30}
      label="Height"
      alone
      first="a"
      second="b"
      onSize={() => undefined}
    />,
  );
  end = rendered.end;
  expect(rendered.box.textContent).toBe('a');
  expect(rendered.box.querySelector('[role="separator"]')).toBeNull();
});
