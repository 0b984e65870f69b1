import { afterEach, expect, it } from 'vitest';
import type { RichText } from '../../../core/api.ts';
import { RichSentence } from '../../../renderer/features/diagnosis/RichSentence.tsx';
import { fakeModel, render } from '../render.tsx';

let end: () => Promise<void> = () => Promise.resolve();
afterEach(() => end());

async function said(text: RichText): Promise<string> {
  const rendered = await render(fakeModel().model, <RichSentence text={text} />);
  end = rendered.end;
  return rendered.box.textContent;
}

const t = (text: string) => ({ kind: 'text', text }) as const;
const f = (frame: number) => ({ kind: 'frame', frame }) as const;
const c = (conversation: string) => ({ kind: 'conversation', conversation }) as const;

it.each([
  [[t('It came in '), f(7), t('.')], 'It came in frame 7.'],
  [[t('It came in frame '), f(7), t(', late.')], 'It came in frame 7, late.'],
  [[t('Lost between frames '), f(7), t(' and '), f(9), t('.')], 'Lost between frames 7 and 9.'],
  [[t('Lost between '), f(7), t(' and '), f(9), t('.')], 'Lost between frame 7 and frame 9.'],
  [[t('See Conversation '), c('1.2'), t(' ('), f(3), t(').')], 'See Conversation 1.2 (frame 3).'],
  [[f(3), t(': the first.'), t('.. and so on')], 'frame 3: the first... and so on'],
  [[{ kind: 'term', text: 'epoch', meaning: 'keys in force' }, t('!')], 'epoch!'],
  [[t('('), f(2), t(')('), f(3), t(')')], '(frame 2)(frame 3)'],
  [[t('('), f(2), t('('), f(3)], '(frame 2(frame 3'],
  [[t('('), t('('), t('a')], '((a'],
  [[], ''],
] satisfies [RichText, string][])('says each word once: %#', async (text, sentence) => {
  expect(await said(text)).toBe(sentence);
});
