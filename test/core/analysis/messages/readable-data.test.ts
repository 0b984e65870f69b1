import { describe, expect, test } from 'vitest';
import { labelOfData, textOfData } from '../../../../core/analysis/messages/readable-data.ts';
import { PageAnswers } from '../../../../core/analysis/page-answers.ts';
import { encodeUtf8 } from '../../../../core/bytes/text.ts';
import { openLab } from '../../../support/open-lab.ts';

async function answersOf(id: string): Promise<PageAnswers> {
  return new PageAnswers((await openLab(id)).analysis, [id]);
}

describe('application data beside SIP', () => {
  test('stands in the ladder and in the text: HTTP over TLS', async () => {
    const answers = await answersOf('07-two-phones-md5-client-certificate');
    const detail = answers.conversationDetail(0);
    const data = detail?.ladder.filter((step) => step.layer === 'application') ?? [];
    expect(data.length).toBeGreaterThan(1);
    expect(data.every((step) => step.decrypted && step.verdict === 'decrypted')).toBe(true);
    expect(data[0]?.label).toMatch(/^GET .* HTTP\/1\.[01]$/);
    expect(answers.conversationText(0, 100_000)?.text).toMatch(/\nGET .* HTTP\/1\.[01]/);
  });

  test('does not repeat what a SIP message shows', async () => {
    const answers = await answersOf('13-many-sip-in-one-record-and-one-sip-over-many-records');
    const steps = answers.conversationDetail(0)?.ladder.filter((step) => step.layer === 'application') ?? [];
    expect(steps).toHaveLength(30);
    expect(steps.every((step) => step.message !== null)).toBe(true);
  });
});

describe('a label of data', () => {
  test('is the first line where the bytes are text, else how many they are', () => {
    expect(labelOfData(encodeUtf8('\r\nGET / HTTP/1.1\r\nHost: a\r\n'))).toBe('GET / HTTP/1.1');
    expect(labelOfData(encodeUtf8('Grüße\tan alle'))).toBe('Grüße\tan alle');
    expect(labelOfData(new Uint8Array([1, 2, 3]))).toBe('Application Data (3 bytes)');
    expect(labelOfData(new Uint8Array([10]))).toBe('Application Data (1 byte)');
    expect(textOfData(new Uint8Array([0xff, 0xfe]))).toBe('(2 bytes that are no text)');
  });
});
