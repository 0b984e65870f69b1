import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isEmptyRequest, parseDesktopArguments } from '../../electron/desktop-arguments.ts';

const here = resolve('/home/user');

describe('parseDesktopArguments', () => {
  it('tells captures, keys and key logs apart, from where the user stands', () => {
    expect(parseDesktopArguments(['a.pcap', '--key', 'k.pem', '/b.pcap', '--keylog', 'l.txt'], here)).toEqual(
      {
        captures: [resolve(here, 'a.pcap'), resolve('/b.pcap')],
        keys: {
          keyFiles: [resolve(here, 'k.pem')],
          keylogs: [resolve(here, 'l.txt')],
          passwords: [],
          psks: [],
        },
      },
    );
  });

  it('passes over switches that are for Chromium, and a --key without a file', () => {
    const request = parseDesktopArguments(
      ['--allow-file-access-from-files', '-psn_0_123', '', '--key'],
      here,
    );
    expect(isEmptyRequest(request)).toBe(true);
  });
});
