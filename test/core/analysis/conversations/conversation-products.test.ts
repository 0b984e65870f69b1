import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KeyRing } from '../../../../core/keys/key-ring.ts';
import { pcapOf, type MadeDatagram } from '../../../support/media-capture.ts';
import { openFiles } from '../../../support/open-lab.ts';
import { openLabPage, withPage } from '../../diagnosis/open-made.ts';

test('a proxy is not taken for the phone whose messages it passes on', async () => {
  const proxy = [1, 5060] as const;
  const phone = [2, 5060] as const;
  const passedOn = message('INVITE sip:b@192.0.2.2 SIP/2.0', 'INVITE', 'User-Agent: Yealink SIP-T46S', 2);
  const answer = message('SIP/2.0 200 OK', 'REGISTER', 'Server: kamailio (5.6.3)', 1);
  expect(await productsIn([{ from: proxy, to: phone, payload: passedOn }])).toEqual([]);
  const both = [
    { from: proxy, to: phone, payload: passedOn },
    { from: proxy, to: phone, payload: answer },
  ];
  expect(await productsIn(both)).toEqual(['kamailio']);
  // What nothing contradicts is taken: an answer that the far end may have made.
  const far = message('SIP/2.0 180 Ringing', 'INVITE', 'Server: Asterisk PBX 20.5.0', 1);
  expect(await productsIn([{ from: proxy, to: phone, payload: far }])).toEqual(['asterisk']);
});

test('both sides of a real call are recognised', async () => {
  const opened = await openLabPage('13-baresip-srtp-sdes');
  const { products } = opened.page.findings.contextOf(0);
  expect(products.map(({ side, product }) => `${side} ${product.id}`)).toEqual([
    'client baresip',
    'server kamailio',
  ]);
  opened.set.close();
});

async function productsIn(datagrams: readonly MadeDatagram[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sipher-test-'));
  try {
    const file = join(folder, 'sip.pcap');
    writeFileSync(file, pcapOf(datagrams));
    const opened = withPage(await openFiles([file], new KeyRing()));
    const found = opened.page.findings.contextOf(0).products.map(({ product }) => product.id);
    opened.set.close();
    return found;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function message(line: string, method: string, header: string, vias: number): Uint8Array {
  const via = (at: number): string => `Via: SIP/2.0/UDP 192.0.2.${9 - at}:5060;branch=z9hG4bK${at}`;
  return Buffer.from(
    [
      line,
      ...Array.from({ length: vias }, (_, at) => via(at)),
      'From: <sip:a@192.0.2.1>;tag=1',
      'To: <sip:b@192.0.2.2>',
      'Call-ID: products@192.0.2.1',
      `CSeq: 1 ${method}`,
      header,
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n'),
  );
}
