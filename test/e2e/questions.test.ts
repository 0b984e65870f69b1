import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/app-drivers/app-process.ts';
import { browserHost } from '../support/app-drivers/drive-browser-host.ts';
import type { DrivenApp } from '../support/app-drivers/driven-app.ts';
import { addKeys } from './open-files.ts';
import { button, detailOf, frameRow, selectFrame, showView, statusBar, whyOf } from './screen.ts';

/** The questions that the project was made from, each answered on the screen, as a user comes to it. One browser for all. */
describe.skipIf(browserHost.missing !== null)('nine questions', () => {
  let app: DrivenApp;
  let page: Page;
  beforeAll(async () => {
    app = await browserHost.start();
    page = app.page;
  });
  afterAll(() => app.close());

  /** Opens a capture, and then adds keys, both through the file dialog. */
  async function look(capture: string, ...keys: string[]): Promise<void> {
    const first = page.getByRole('button', { name: 'Open capture…' });
    const open = (await first.isVisible()) ? first : button(page, /^Open$/);
    await app.chooseFiles(() => open.click(), [file(capture)]);
    const name = capture.split('/').at(-1) ?? '';
    await expect.poll(() => page.title(), { timeout: 20_000 }).toContain(name);
    await says(summaryOf(page), /TLS connection/);
    await removeKeys();
    for (const key of keys) {
      await addKeys(app, file(key));
      await page.getByRole('listitem', { name: key.split('/').at(-1) ?? '' }).waitFor();
    }
    await settled();
  }

  async function removeKeys(): Promise<void> {
    await showView(page, /Keys/);
    for (;;) {
      const card = page.locator('.key-card').first();
      if (!(await card.isVisible())) return;
      const before = await page.locator('.key-card').count();
      await button(card, /^Remove /).click();
      await card.getByRole('button', { name: 'Remove', exact: true }).click();
      await expect.poll(() => page.locator('.key-card').count()).toBe(before - 1);
    }
  }

  const settled = async (): Promise<void> =>
    statusBar(page).getByRole('progressbar').waitFor({ state: 'hidden' });

  /** Selects a conversation in the list of conversations; what is said of it. */
  async function conversation(number: number): Promise<Locator> {
    await showView(page, /Conversations/);
    const row = page.locator(`[role="row"][row-id="${number}"]`);
    await row.getByRole('gridcell').nth(2).click();
    const pane = page.getByRole('region', { name: `Conversation ${number}`, exact: true });
    await pane.waitFor();
    return pane;
  }

  const says = (where: Locator, what: RegExp): Promise<void> =>
    expect.poll(() => where.innerText().then(inOneLine), { timeout: 10_000 }).toMatch(what);

  it('1: many packets decrypt (state 0x63F), some say no decoder available (0x10)', async () => {
    await look('04-question-63f-beside-10.pcap', 'keys/server1.key.pem');
    await says(summaryOf(page), /1 was set up before the capture began, 1 is decrypted/);
    await showView(page, /Frames/);
    await says(await frameRow(page, 14), /0x63F/i);
    await says(await frameRow(page, 2), /0x0*10\b/);
    await selectFrame(page, 2);
    const why = whyOf(page);
    await says(why, /set up before the capture began/);
    await says(why, /Start the capture first, then break the connection: restart the phone or the trunk/);
    await says(why, /no decoder available/);
    // Which one decrypts: the other connection of the same two hosts.
    await why.getByTitle('Go to conversation 1').first().click();
    const pane = page.getByRole('region', { name: 'Conversation 1', exact: true });
    await says(pane, /server1\.key\.pem/);
    await button(pane, 'Copy as Wireshark debug log').click();
    await button(pane, 'Copied').waitFor();
  });

  it('2: which of my keys can decrypt which side', async () => {
    await look('made/sbc-between.pcap', 'made/keys/server.key.pem');
    await showView(page, /Keys/);
    const card = page.getByRole('listitem', { name: 'server.key.pem' });
    await says(card, /It opens conversation 0/);
    await says(card, /In conversation 1 its host is the client: there it never can decrypt/);
    await card.getByTitle('Go to conversation 1').first().click();
    const pane = page.getByRole('region', { name: 'Conversation 1', exact: true });
    await says(
      pane,
      /your host, 127\.0\.0\.2:\d+, is the TLS client\. A client's key only signs: it cannot decrypt/,
    );
    await says(pane, /Ask whoever runs 127\.0\.0\.3:\d+ for the private key of CN=provider\.example/);
  });

  it('3: a PFX from Windows, port 3000, several servers', async () => {
    await look(
      '06-port3000-tserver.pcap',
      'keys/formats/server1.windows-csp.pfx',
      'keys/server3.windows.pfx',
    );
    for (const name of ['server1.windows-csp.pfx', 'server3.windows.pfx']) {
      const card = page.getByRole('listitem', { name });
      await card.getByLabel(/password/i).fill('lab-secret');
      await card.getByLabel(/password/i).press('Enter');
      await card.getByText(/RSA private key/).waitFor();
    }
    await says(page.getByRole('listitem', { name: 'server3.windows.pfx' }), /opens 1 conversation/);
    await says(
      page.getByRole('listitem', { name: 'server1.windows-csp.pfx' }),
      /opens none here.*matches no server certificate here/,
    );
    const pane = await conversation(0);
    await says(pane, /127\.0\.0\.3:3000/);
    await says(pane, /server3\.windows\.pfx/);
  });

  it('4: the working phone and the failing one', async () => {
    await look('07-two-phones-md5-client-certificate.pcap', 'keys/server1.key.pem');
    await conversation(0);
    const pane = await conversation(1);
    await says(pane, /The server closed the connection/);
    await pane.getByRole('tab', { name: 'Compare' }).click();
    await pane.getByLabel(/^Compare conversation 1 with/).press('Enter');
    const outcome = page.getByRole('region', { name: 'Comparison' });
    await says(outcome, /The left one fails, the other one works\./);
    await says(
      outcome,
      /From TLS 1\.2 on each side names the signatures that it accepts; in older versions nothing was named/,
    );
  });

  it('5: the client closes with unknown_ca', async () => {
    await look('07-alert-missing-intermediate.pcap');
    let pane = await conversation(0);
    await says(pane, /The client broke off with unknown_ca in frame 8/);
    await says(
      pane,
      /Let the server at 127\.0\.0\.1:5065 send the certificate of CN=Lab Intermediate CA behind its own/,
    );
    await look('07-alert-unknown-ca-from-client-selfsigned.pcap');
    pane = await conversation(0);
    await says(pane, /is self-signed\. It is accepted only where it was installed as trusted/);
    await look('made/other-ca.pcap');
    pane = await conversation(0);
    await says(pane, /Install the certificate of CN=Made Root CA as a trusted authority on the client/);
    await says(
      pane,
      /Where some keep the authorities that they trust: .*Yealink phone: web page, Security, Trusted Certificates/,
    );
  });

  it('6: it uses Diffie-Hellman', async () => {
    await look('05-ecdhe-aes128-sha-rsakey-only.pcap', 'keys/server1.key.pem');
    await says(
      page.getByRole('listitem', { name: 'server1.key.pem' }),
      /the key only signed: a key log is needed there/,
    );
    const pane = await conversation(0);
    await says(pane, /the server’s private key only signs\. Only a key log opens it/);
    await says(
      pane,
      /offers 1 suite, none with RSA key exchange: forcing RSA on the server would end this connection/,
    );
  });

  it('7: a NULL cipher', async () => {
    await look('made/null-suite.pcap');
    await says(summaryOf(page), /not encrypted at all/);
    const pane = await conversation(0);
    await says(pane, /chose TLS_RSA_WITH_NULL_SHA256, a NULL suite: this connection is not encrypted at all/);
  });

  it('8: a bad MAC in the middle', async () => {
    await look('09-lost-appdata-client-gcm.pcap', 'keys/server1.key.pem');
    await showView(page, /Findings/);
    const findings = page.getByRole('region', { name: 'Findings', exact: true });
    await says(
      findings,
      /Resynchronised after 352 lost bytes from the client between frame 12 and frame 15: sequence \+1/,
    );

    await look('09-corrupt-record-gcm.pcap', 'keys/server1.key.pem');
    await showView(page, /Frames/);
    await selectFrame(page, 15);
    await says(whyOf(page), /before the one in frame 15\. It alone fails its check/);
    await says(whyOf(page), /No complaint of the receiver/);

    await look('made/record-altered.pcap', 'made/keys/server.key.pem');
    await showView(page, /Findings/);
    await says(findings, /bad_record_mac/);
    await says(
      findings,
      /It fails our check as well \(frame 36\), so it was damaged by the client or on the way/,
    );
  });

  it('9: HTTP on the SIP port, plain SIP on the TLS port, TLS on a plain port', async () => {
    await look('made/http-on-sip-port.pcap', 'made/keys/server.key.pem');
    await showView(page, /Findings/);
    const findings = page.getByRole('region', { name: 'Findings', exact: true });
    await says(findings, /HTTP is spoken in clear with 127\.0\.0\.1:5061, which is a port for SIP/);
    await says(findings, /A browser shows only whether the port answers and which certificate it has/);
    await look('07-plain-sip-to-tls-port.pcap');
    await showView(page, /Findings/);
    await says(findings, /The client sends plain SIP in frame 4 to 127\.0\.0\.1:5061, where TLS is expected/);
    await look('07-tls-to-plain-port.pcap');
    await showView(page, /Findings/);
    await says(findings, /Check that TLS is turned on for port 5060/);
    await findings.getByTitle('Go to frame 4').first().click();
    await detailOf(page, 4).waitFor();
  });
});

function file(name: string): string {
  return join(ROOT, 'test/captures', name);
}

function summaryOf(page: Page): Locator {
  return page.getByRole('region', { name: 'Summary' });
}

function inOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
