import { describe, expect, test } from 'vitest';
import { redact } from '../../../core/export/redact.ts';
import { exportedMessage } from './exported-message.ts';

/** Where devices put names and numbers beside From and To; each hides 'Zappa' or '030998877' or 'geheim.zappa.test'. */
const PLACES = [
  'P-Asserted-Identity: "Frank Zappa" <tel:030998877>',
  'Diversion: <sip:030998877@geheim.zappa.test>;reason=unconditional;privacy="off"',
  'History-Info: <sip:030998877@geheim.zappa.test?Reason=SIP%3Bcause%3D302%3Btext%3D%22Zappa%22>;index=1.1',
  'Contact: <sip:x@10.9.8.7>;+sip.instance="<urn:uuid:030998877>";+u.name="Zappa"',
  'Warning: 399 geheim.zappa.test "Frank Zappa is asleep"',
  'Warning: 301 geheim.zappa.test:5060 "Incompatible network address formats", 399 x "030998877"',
  'Reason: Q.850;cause=16;text="Zappa hung up"',
  'Reason: SIP;cause=486;text="030998877 busy", Q.850;cause=17',
  'User-Agent: Phone on geheim.zappa.test',
  'Server: pbx (geheim.zappa.test)',
  // A host and a phone that nothing else in the message names.
  'Server: geheim-pbx-03',
  'User-Agent: Linphone-Desktop/5.2.0 (ZAPPA-LAPTOP) windows/10',
  'User-Agent: Deskphone-030998877',
  'Subject: Zappa',
  'Organization: Zappa Ltd',
  'X-Anything: Frank.Zappa@geheim.zappa.test',
  'X-Zappa-Header: 1',
  'Content-Disposition: attachment;filename="Zappa.vcf"',
  'Event: dialog;id=030998877;sla="Zappa"',
  'Subscription-State: terminated;reason="Zappa"',
  'Call-Info: <https://geheim.zappa.test/zappa.png>;purpose=icon',
  'Refer-To: <sip:030998877@geheim.zappa.test?Replaces=abc%40geheim.zappa.test%3Bto-tag%3D030998877>',
  'Alert-Info: <http://geheim.zappa.test/ring>;info="Zappa"',
  'P-Access-Network-Info: 3GPP;utran-cell-id=030998877',
  'Geolocation: <cid:Zappa@geheim.zappa.test>',
  'Identity: eyJhbGciOiJFUzI1NiJ9.ZappaToken;info=<https://geheim.zappa.test/c.pem>',
  'Security-Client: tls;Zappa=030998877',
  'Via: SIP/2.0/UDP geheim.zappa.test;branch=z9hG4bKZappa030998877;keep=030998877',
  'Require: Zappa',
  'Join: 030998877@geheim.zappa.test;to-tag=Zappa;from-tag=Zappa',
];

const BODIES = [
  [
    'application/pidf+xml',
    '<presence entity="pres:zappa@geheim.zappa.test"><note>030998877</note></presence>',
  ],
  [
    'application/dialog-info+xml',
    '<dialog-info><identity display="Zappa">sip:030998877@x</identity></dialog-info>',
  ],
  [
    'application/sdp',
    'v=0\r\na=ice-ufrag:ZapP\r\na=mid:zappa\r\na=group:BUNDLE zappa\r\na=candidate:1 1 udp 99 10.9.8.7 9 typ srflx raddr 10.9.8.6 rport 9 generation 0 ufrag Zappa x-name frank\r\n',
  ],
  ['text/plain', 'Hello Frank Zappa, call 030998877'],
  ['message/sipfrag', 'SIP/2.0 486 Zappa is busy'],
  ['message/cpim', 'From: Zappa <im:030998877@geheim.zappa.test>\r\n\r\nhello'],
  [
    'multipart/mixed;boundary=Zappa',
    'Zappa said\r\n--Zappa\r\nContent-Type: application/sdp\r\n\r\nv=0\r\no=Zappa 1 1 IN IP4 10.9.8.7\r\ns=Zappa\r\ni=030998877\r\nu=http://geheim.zappa.test\r\ne=zappa@geheim.zappa.test\r\np=030998877\r\na=Zappa\r\na=x-Zappa:1\r\na=label:Zappa\r\n\r\n--Zappa\r\nContent-Type: application/isup;version=Zappa\r\nContent-ID: <030998877@geheim.zappa.test>\r\n\r\n030998877\r\n--Zappa--\r\nafter Zappa',
  ],
] as const;

describe('a name, a number or a host is not left', () => {
  test.each(PLACES)('in %s', (header) => {
    expectNothingOf(
      redacted(['MESSAGE sip:y@example.com SIP/2.0', header, 'CSeq: 1 MESSAGE', '', ''].join('\r\n')),
    );
  });

  test.each(BODIES)('in a body of %s', (type, body) => {
    expectNothingOf(
      redacted(['MESSAGE sip:y@example.com SIP/2.0', `Content-Type: ${type}`, '', body].join('\r\n')),
    );
  });

  test('in the reason of an answer', () => {
    expectNothingOf(redacted('SIP/2.0 404 Zappa does not live here\r\n\r\n'));
    expectNothingOf(redacted('SIP/2.0 404 No 030998877 at geheim.zappa.test\r\n\r\n'));
  });
});

test.each([
  ['SIP/2.0 480 Temporarily Unavailable\r\n\r\n', 'SIP/2.0 480 Temporarily Unavailable'],
  [
    'SIP/2.0 488 Not Acceptable Here\r\nWarning: 304 10.9.8.7 "Media type not available"\r\n\r\n',
    '"Media type not available"',
  ],
  [
    'BYE sip:a@b SIP/2.0\r\nReason: Q.850;cause=16;text="Normal call clearing"\r\n\r\n',
    'Reason: Q.850;cause=16;text="Normal call clearing"',
  ],
  [
    'NOTIFY sip:a@b SIP/2.0\r\nSubscription-State: terminated;reason=timeout;retry-after=10\r\n\r\n',
    'terminated;reason=timeout;retry-after=10',
  ],
  ...[
    'Server: kamailio (5.6.3 (x86_64/linux))',
    'User-Agent: Yealink SIP-T46U/108.86',
    'User-Agent: SomePhone/1.0',
    'User-Agent: X-Lite release 1103m',
    'Server: SPA2102-5.2.5',
  ].map((line): [string, string] => [`OPTIONS sip:a@b SIP/2.0\r\n${line}\r\n\r\n`, line]),
  [
    'INVITE sip:a@b SIP/2.0\r\nContent-Type: application/sdp\r\n\r\nv=0\r\na=group:BUNDLE 0 audio\r\n',
    'a=group:BUNDLE 0 audio',
  ],
  ['NOTIFY sip:a@b SIP/2.0\r\nEvent: presence.winfo\r\n\r\n', 'Event: presence.winfo'],
  [
    'OPTIONS sip:a@b SIP/2.0\r\nAccept: application/sdp, application/vnd.3gpp.ussd\r\n\r\n',
    'application/vnd.3gpp.ussd',
  ],
])('what names nobody is kept: %j', (text, kept) => {
  expect(redacted(text)).toContain(kept);
});

function expectNothingOf(text: string): void {
  for (const original of ['zappa', 'frank', '030998877', 'geheim'])
    expect(text.toLowerCase()).not.toContain(original);
}

function redacted(text: string): string {
  const message = exportedMessage(text);
  return [...redact(() => [message]).messages].map(({ bytes }) => Buffer.from(bytes).toString()).join('');
}
