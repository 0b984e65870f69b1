import { describe, expect, test } from 'vitest';
import { PageAnswers } from '../../../../core/analysis/page-answers.ts';
import { openLab, type LabKey } from '../../../support/open-lab.ts';

/** Protocols of the conversations over UDP, as the list and as the command line name them. */
async function protocolsOf(id: string, keys?: readonly LabKey[]): Promise<[string[], string[]]> {
  const { analysis } = await openLab(id, keys);
  const answers = new PageAnswers(analysis, [id]);
  const { rows } = answers.conversationWindow('', [], 0, 100);
  const listed = rows.filter(({ transport }) => transport === 'udp');
  const reported = listed.map((row) => answers.conversations.report(Number(row.conversation), true).protocol);
  return [listed.map(({ protocol }) => protocol).toSorted(), reported.toSorted()];
}

describe('the list of conversations', () => {
  test('calls media SRTP where a description that could be read says so', async () => {
    const [listed, reported] = await protocolsOf('13-baresip-srtp-sdes');
    expect(listed.filter((protocol) => protocol.includes('RTP'))).toEqual(['SRTP']);
    expect(reported).toEqual(listed);
  });

  test('calls it by its shape where nothing says so', async () => {
    for (const [id, keys] of [
      ['13-baresip-srtp-sdes', []],
      ['13-baresip-rtp-plain', undefined],
    ] as const) {
      const [listed, reported] = await protocolsOf(id, keys);
      expect(listed.filter((protocol) => protocol.includes('RTP'))).toEqual(['RTP']);
      expect(reported).toEqual(listed);
    }
  });
});
