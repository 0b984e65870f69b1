import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runsOfSip } from '../../../renderer/model/sip-runs.ts';

const joined = (text: string): string =>
  runsOfSip(text)
    .map((run) => run.text)
    .join('');

describe('runsOfSip', () => {
  it('loses and adds nothing, whatever the text is', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => joined(text) === text));
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom('INVITE', ' ', 'sip:a@b', '\r\n', '\n', ':', ';x=1', 'SIP/2.0', '200', '<', 'Via'),
        ),
        (parts) => joined(parts.join('')) === parts.join(''),
      ),
    );
  });
  it('tells a request, its URI, headers, parameters and body apart', () => {
    const runs = runsOfSip('INVITE sip:a@b SIP/2.0\r\nTo: "Jörg" <sip:a@b>;tag=1\r\n\r\nv=0\r\n');
    const kinds = runs.map(({ kind, text }) => `${kind}=${text}`);
    expect(kinds).toEqual(
      expect.arrayContaining(['method=INVITE', 'uri=sip:a@b', 'name=To', 'param=;tag', 'body=v=0\r\n']),
    );
  });
  it.each([
    ['SIP/2.0 200 OK\r\n', 'status'],
    ['SIP/2.0 401 Unauthorized\r\n', 'failure'],
  ])('tells %s', (line, kind) => {
    expect(runsOfSip(line).find((run) => /\d{3}/.test(run.text))?.kind).toBe(kind);
  });
  it('is quick on a line that is meant to be slow', () => {
    const began = performance.now();
    runsOfSip(`INVITE sip:a SIP/2.0\r\nVia: ${';a'.repeat(200_000)}\r\n${'sip:'.repeat(100_000)}\r\n`);
    expect(performance.now() - began).toBeLessThan(1500);
  });
});
