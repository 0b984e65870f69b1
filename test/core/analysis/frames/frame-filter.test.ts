import { describe, expect, test } from 'vitest';
import { FilteredFrames } from '../../../../core/analysis/frames/frame-filter.ts';
import { MessageTexts } from '../../../../core/analysis/messages/message-texts.ts';
import { LAB, openLab } from '../../../support/open-lab.ts';

const TEXTS = [
  'sip:',
  'ALICE',
  'application data',
  'tls',
  '127.0.0.1',
  'finished',
  'content-length: 0',
  'zz',
  '\u00e9',
];

describe('texts of many messages at once', () => {
  test.each(LAB.map((lab) => [lab.id] as const))('%s: are what they are one by one', async (id) => {
    const opened = await openLab(id);
    const { messages } = opened;
    const found = new Map<number, string>();
    const all = Array.from({ length: messages.length }, (_, at) => at);
    await new MessageTexts(opened.analysis, messages).read(all, (frame, bytes, from, to, message) => {
      expect(frame).toBe(messages.frameOf(message));
      found.set(message, new TextDecoder().decode(bytes.slice(from, to)));
    });
    for (const at of all) expect(found.get(at)).toBe(messages.textOf(at) ?? undefined);
    opened.set.close();
  });

  test.each(LAB.filter((_, at) => at % 4 === 0).map((lab) => [lab.id] as const))(
    '%s: a filter finds the same frames with them',
    async (id) => {
      const opened = await openLab(id);
      for (const text of TEXTS) {
        const filter = { text, verdicts: [], conversation: null };
        const listed = async (ahead: boolean): Promise<number[]> => {
          const list = new FilteredFrames(opened.analysis, opened.frames, opened.messages, filter);
          if (ahead) while (await list.evaluateAhead(7));
          else while (list.evaluate(7));
          expect(list.settled).toBe(true);
          return Array.from({ length: list.total }, (_, row) => list.frameAt(row));
        };
        const shown = (frame: number): string[] => {
          const { source, destination } = opened.frames.endpointsOf(frame);
          const texts = opened.frames.sipOf(frame);
          return [
            source,
            destination,
            opened.frames.protocolOf(frame),
            opened.frames.infoOf(frame),
            ...texts,
          ];
        };
        const expected: number[] = [];
        for (let frame = 1; frame <= opened.analysis.structure.frames.length; frame += 1)
          if (shown(frame).some((part) => part.toLowerCase().includes(text))) expected.push(frame);
        const lower = text.toLowerCase();
        if (lower === text) expect(await listed(false)).toEqual(expected);
        expect(await listed(true)).toEqual(await listed(false));
      }
      opened.set.close();
    },
  );
});
