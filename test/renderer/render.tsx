import { act, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { AppContext } from '../../renderer/features/use-app.ts';
import { createAppModel, type AppModel } from '../../renderer/model/app-model.ts';
import type { PageApi } from '../../renderer/model/page-api.ts';
import { createFakeApi, type FakeOptions } from '../support/fake-api.ts';

Reflect.set(globalThis, 'IS_REACT_ACT_ENVIRONMENT', true);

export type FakePageApi = PageApi & ReturnType<typeof createFakeApi>;

/** The made-up host as the page sees it. */
export function fakePageApi(options: FakeOptions = {}): FakePageApi {
  return {
    ...createFakeApi(options),
    stageCaptures: (files) => Promise.resolve(files.map(({ name }) => name)),
    watchConnection: (listener) => {
      listener('connected');
      return () => undefined;
    },
  };
}

export function fakeModel(options: FakeOptions = {}): {
  readonly model: AppModel;
  readonly api: FakePageApi;
} {
  const api = fakePageApi({ frames: 2000, ...options });
  return { api, model: createAppModel(api, { storage: null, prefersDark: () => false }) };
}

/** Lets answers arrive and the page follow. */
export async function settled(turns = 6): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    await act(() => new Promise((resolve) => setTimeout(resolve, 2)));
  }
}

/** Waits until something holds, or fails with its name. */
export async function until(name: string, holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) {
    if (holds()) return;
    await settled(1);
  }
  throw new Error(`It never came about: ${name}`);
}

/** Puts a part of the page into the document. */
export async function render(
  model: AppModel,
  node: ReactNode,
): Promise<{ readonly box: HTMLElement; readonly end: () => Promise<void> }> {
  const box = document.createElement('div');
  document.body.append(box);
  const root = createRoot(box);
  await act(async () => root.render(<AppContext value={model}>{node}</AppContext>));
  return {
    box,
    end: async () => {
      await act(async () => root.unmount());
      box.remove();
    },
  };
}

export async function click(element: Element | null | undefined): Promise<void> {
  if (!(element instanceof HTMLElement)) throw new Error('There is nothing to click');
  await act(async () => element.click());
  await settled(2);
}

export function buttonNamed(box: ParentNode, name: string | RegExp): HTMLButtonElement {
  for (const button of box.querySelectorAll('button')) {
    const label = button.getAttribute('aria-label') ?? button.textContent.trim();
    if (typeof name === 'string' ? label === name : name.test(label)) return button;
  }
  throw new Error(`There is no button ${String(name)}`);
}
