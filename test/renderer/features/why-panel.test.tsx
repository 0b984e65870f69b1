import { afterEach, describe, expect, it } from 'vitest';
import type { WhyPanel as Why } from '../../../core/api.ts';
import { CAUSE_IDS } from '../../../core/verdict.ts';
import { WhyPanel } from '../../../renderer/features/diagnosis/WhyPanel.tsx';
import { CAUSE_LABELS } from '../../../renderer/features/verdict/cause-labels.ts';
import { click, fakeModel, render, until } from '../render.tsx';

const HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>';

const why = (over: Partial<Why> = {}): Why => ({
  verdict: 'opaque',
  cause: 'no-key',
  otherCauses: [],
  title: 'The private key is not loaded',
  what: [],
  proof: [],
  fixNow: [],
  fixNext: [],
  checklist: [],
  state: null,
  ...over,
});

let end: () => Promise<void> = () => Promise.resolve();
afterEach(() => end());

async function show(panel: Why) {
  const made = fakeModel();
  const rendered = await render(made.model, <WhyPanel why={panel} />);
  end = rendered.end;
  return { ...made, box: rendered.box };
}

describe('the Why panel', () => {
  it('shows hostile text as text', async () => {
    const text = [{ kind: 'text', text: HOSTILE }] as const;
    const { box } = await show(
      why({
        title: HOSTILE,
        what: [{ kind: 'term', text: HOSTILE, meaning: HOSTILE }],
        proof: [text],
        checklist: [{ item: HOSTILE, status: 'missing', frame: null, note: text }],
      }),
    );
    expect(box.querySelector('img, script')).toBeNull();
    expect(box.textContent.split(HOSTILE)).toHaveLength(6);
  });
  it('goes to a frame and to a conversation that a sentence names', async () => {
    const { box, model, api } = await show(
      why({
        proof: [
          [
            { kind: 'text', text: 'Sent in ' },
            { kind: 'frame', frame: 27 },
            { kind: 'text', text: ' of conversation ' },
            { kind: 'conversation', conversation: '3' },
          ],
        ],
      }),
    );
    await api.request('capture.choose', null);
    const [frame, conversation] = box.querySelectorAll('.why-list .link');
    expect(frame?.textContent).toBe('frame 27');
    // The sentence has said the word already.
    expect(conversation?.textContent).toBe('3');
    await click(frame);
    await until('the jump', () => model.frames.getState().selected === 27);
    expect(model.session.getState().view).toBe('frames');
    await click(conversation);
    await until('the other jump', () => model.conversations.getState().selected === '3');
    expect(model.session.getState().view).toBe('conversations');
  });
  it('explains a term on a press, and stops on Escape', async () => {
    const { box } = await show(
      why({ what: [{ kind: 'term', text: 'master secret', meaning: 'All keys come from it.' }] }),
    );
    await click(box.querySelector('.term'));
    expect(box.querySelector('[role="tooltip"]')?.textContent).toContain('All keys come from it.');
    await click(box.querySelector('.term'));
    expect(box.querySelector('[role="tooltip"]')).toBeNull();
  });
  it('tells each generation of Wireshark its own mask', async () => {
    const { box } = await show(
      why({
        state: {
          mask: 0x1e3f,
          bits: [{ flag: 'VERSION', value: 0x10, set: true, meaning: 'Version known' }],
        },
      }),
    );
    expect(box.querySelector('.state-prints')?.textContent).toBe(
      'Wireshark 2.2 prints0x63FWireshark 3 and 4 print0x1C3FIts debug log saysno decoder available',
    );
  });
  it('says “no decoder available” only where keys are what is missing', async () => {
    const state = { mask: 0x10, bits: [] };
    for (const change of [
      { verdict: 'decrypted', cause: null },
      { verdict: 'opaque', cause: 'mac-mismatch' },
      { verdict: 'clear', cause: null },
    ] as const) {
      const { box } = await show(why({ ...change, state }));
      expect(box.textContent).not.toContain('no decoder available');
    }
    const { box } = await show(why({ verdict: 'opaque', cause: 'handshake-not-captured', state }));
    expect(box.textContent).toContain('no decoder available');
  });
  it('names each status of the checklist for those who do not see its sign', async () => {
    const { box } = await show(
      why({
        checklist: [
          { item: 'Client Hello', status: 'present', frame: 4, note: [] },
          { item: 'Certificate', status: 'missing', frame: null, note: [] },
          { item: 'MAC', status: 'not-needed', frame: null, note: [] },
          { item: 'Finished', status: 'unknown', frame: null, note: [] },
        ],
      }),
    );
    const names = [...box.querySelectorAll('.checklist svg')].map((sign) => sign.getAttribute('aria-label'));
    expect(names).toEqual(['present', 'missing', 'not needed', 'not known']);
  });
  it.each(CAUSE_IDS)('has a short word for %s', async (cause) => {
    const { box } = await show(why({ cause, otherCauses: [cause] }));
    expect(CAUSE_LABELS[cause].length).toBeLessThan(24);
    expect(box.textContent).toContain(CAUSE_LABELS[cause]);
    expect(box.textContent).toContain(cause);
  });
});
