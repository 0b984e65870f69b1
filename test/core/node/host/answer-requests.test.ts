import { describe, expect, it } from 'vitest';
import type { HostInfo } from '../../../../core/api.ts';
import { answerRequests } from '../../../../core/node/host/answer-requests.ts';
import { createPathTokens } from '../../../../core/node/host/path-tokens.ts';
import { createAnalysisStub } from '../../../support/analysis-stub.ts';

const INFO: HostInfo = {
  version: '0.0.0',
  host: 'browser',
  platform: 'linux',
  nativeDialogs: false,
  fallbackReason: null,
};

describe('answerRequests', () => {
  it('checks what the page sent before anything sees it', async () => {
    const analysis = createAnalysisStub();
    const answer = answerRequests(analysis, { info: INFO, tokens: createPathTokens() });
    for (const [name, params] of [
      ['no.such', null],
      ['constructor', null],
      ['frame.detail', { frame: -1 }],
      ['frame.detail', null],
      [undefined, undefined],
    ]) {
      expect(await answer(name, params)).toMatchObject({ ok: false, error: { code: 'bad-request' } });
    }
    expect(analysis.asked).toEqual([]);
  });

  it('turns tokens into paths and takes no path for a token', async () => {
    const analysis = createAnalysisStub();
    const tokens = createPathTokens();
    const opened: (readonly string[])[] = [];
    const answer = answerRequests(analysis, { info: INFO, tokens, opened: (paths) => opened.push(paths) });
    expect(await answer('capture.open', { paths: ['/etc/passwd'] })).toMatchObject({
      error: { code: 'not-found' },
    });
    expect(analysis.asked).toEqual([]);
    const token = tokens.tokenFor('/home/user/trunk.pcap');
    expect(token).not.toContain('trunk');
    expect(await answer('capture.open', { paths: [token] })).toMatchObject({ ok: true });
    expect(analysis.asked).toEqual([{ name: 'capture.open', params: { paths: ['/home/user/trunk.pcap'] } }]);
    expect(opened).toEqual([['/home/user/trunk.pcap']]);
  });

  it('answers for the host, with its dialogs where it has them', async () => {
    const analysis = createAnalysisStub({ 'keys.addPaths': { keys: [], added: 0, problems: [] } });
    const tokens = createPathTokens();
    const without = answerRequests(analysis, { info: INFO, tokens });
    expect(await without('host.info', null)).toEqual({ ok: true, result: INFO });
    expect(await without('capture.choose', null)).toMatchObject({ error: { code: 'unsupported-by-host' } });

    const answers = [['/a.pcap'], null];
    const chooseCaptures = (): Promise<readonly string[] | null> => Promise.resolve(answers.shift() ?? null);
    const withDialogs = answerRequests(analysis, {
      info: INFO,
      tokens,
      chooseCaptures,
      chooseKeys: () => Promise.resolve(['/k.pem']),
    });
    expect(await withDialogs('capture.choose', null)).toMatchObject({ ok: true, result: { phase: 'done' } });
    expect(analysis.opened.map(({ paths }) => paths)).toEqual([['/a.pcap']]);
    expect(await withDialogs('capture.choose', null)).toEqual({ ok: true, result: null });
    await withDialogs('keys.choose', null);
    expect(analysis.asked).toContainEqual({ name: 'keys.addPaths', params: { paths: ['/k.pem'] } });
  });

  it('hands on a refusal of the analysis, and of a bug only its kind', async () => {
    const analysis = createAnalysisStub({
      'keys.unlock': () => {
        throw new TypeError('cannot read "correct horse"');
      },
      'frame.detail': () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- what the contract says a host rejects with
        throw { code: 'not-found', message: 'There is no frame 9.', secret: 'x' };
      },
    });
    const answer = answerRequests(analysis, { info: INFO, tokens: createPathTokens() });
    const bug = await answer('keys.unlock', { key: 1, password: 'correct horse' });
    expect(bug).toEqual({
      ok: false,
      error: { code: 'internal', message: 'Something went wrong inside Sipher (TypeError).' },
    });
    expect(await answer('frame.detail', { frame: 9 })).toEqual({
      ok: false,
      error: { code: 'not-found', message: 'There is no frame 9.' },
    });
  });
});
