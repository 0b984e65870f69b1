import { beforeEach, describe, expect, it } from 'vitest';
import { createLayout, INITIAL_SIZES } from '../../../renderer/model/layout.ts';

beforeEach(() => localStorage.clear());

describe('layout', () => {
  it('remembers sizes and colours, and nothing else', () => {
    const layout = createLayout(localStorage, () => false);
    layout.getState().setSize('why', 33.333);
    layout.getState().setTheme('dark');
    expect(Object.keys(localStorage)).toEqual(['sipher.layout']);
    const again = createLayout(localStorage, () => false).getState();
    expect(again.sizes.why).toBe(33.3);
    expect(again.theme).toBe('dark');
  });
  it('remembers the columns that were moved, and takes no width that cannot be', () => {
    const layout = createLayout(localStorage, () => false);
    layout.getState().setColumns('frames', { source: 210, info: 1e9, time: 90 });
    const again = createLayout(localStorage, () => false).getState();
    expect(again.columns).toEqual({ frames: { source: 210, time: 90 } });
  });
  it('remembers the columns that were hidden, until they are set back', () => {
    const layout = createLayout(localStorage, () => false);
    layout.getState().setHidden('calls', ['by']);
    layout.getState().setHidden('sip', []);
    layout.getState().setColumns('calls', { from: 200 });
    expect(createLayout(localStorage, () => false).getState().hidden).toEqual({ calls: ['by'], sip: [] });
    layout.getState().resetColumns('calls');
    const again = createLayout(localStorage, () => false).getState();
    expect(again.hidden).toEqual({ sip: [] });
    expect(again.columns).toEqual({});
  });
  it.each([
    '{',
    'null',
    '[]',
    '{"theme":"pink","sizes":{"why":"40"}}',
    '{"sizes":{"why":-5,"detail":1e9},"columns":[1],"hidden":{"calls":7}}',
    '7',
  ])('begins anew where %s was stored', (stored) => {
    localStorage.setItem('sipher.layout', stored);
    const state = createLayout(localStorage, () => false).getState();
    expect(state.sizes).toEqual(INITIAL_SIZES);
    expect(state.theme).toBe('system');
  });
  it('toggles from what the system shows', () => {
    const layout = createLayout(null, () => true);
    layout.getState().toggleTheme();
    expect(layout.getState().theme).toBe('light');
    layout.getState().toggleTheme();
    expect(layout.getState().theme).toBe('dark');
  });
});
