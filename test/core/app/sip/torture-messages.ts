import type { SipFaultKind } from '../../../../core/app/sip/find-faults.ts';
import { sipMessage } from '../sip-messages.ts';

/** The messages of RFC 4475 by their names there: what each exercises is a fact of the RFC, the wording is shortened. */
export interface TortureMessage {
  readonly name: string;
  readonly text: string;
  readonly faults: readonly SipFaultKind[];
}

const SDP =
  'v=0\r\no=mhandley 29739 7272939 IN IP4 192.0.2.3\r\ns=-\r\nc=IN IP4 192.0.2.4\r\nt=0 0\r\nm=audio 49217 RTP/AVP 0 12\r\nm=video 3227 RTP/AVP 31\r\na=rtpmap:31 LPC\r\n';

function message(
  startLine: string,
  headers: readonly string[],
  body = '',
  contentLength: string | null = String(body.length),
): string {
  return sipMessage({ startLine, headers, body, contentLength });
}

const FROM = 'From: sip:caller@example.net;tag=1';
const TO = 'To: sip:user@example.com';
const VIA = 'Via: SIP/2.0/UDP host.example.com;branch=z9hG4bKkdjuw';
const ID = 'Call-ID: torture@example.com';
const FORWARDS = 'Max-Forwards: 70';
const SDP_TYPE = 'Content-Type: application/sdp';

function headers(method: string, ...extra: string[]): string[] {
  return [TO, FROM, FORWARDS, ID, `CSeq: 8 ${method}`, VIA, ...extra];
}

export const TORTURE_MESSAGES: readonly TortureMessage[] = [
  {
    name: 'wsinv',
    text: [
      'INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0',
      'TO :',
      ' sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n',
      'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>',
      '  ;',
      '  tag = 98asjd8',
      'MaX-fOrWaRdS: 0068',
      'Call-ID: wsinv.ndaksdj@192.0.2.1',
      'Content-Length   : 150',
      'cseq: 0009',
      '  INVITE',
      'Via  : SIP  /   2.0',
      ' /UDP',
      '    192.0.2.2;branch=390skdjuw',
      's :',
      'NewFangledHeader:   newfangled value',
      ' continued newfangled value',
      'UnknownHeaderWithUnusualValue: ;;,,;;,;',
      'Content-Type: application/sdp',
      'Route:',
      ' <sip:services.example.com;lr;unknownwith=value;unknown-no-value>',
      'v:  SIP  / 2.0  / TCP     spindle.example.com   ;',
      '  branch  =   z9hG4bK9ikj8  ,',
      ' SIP  /    2.0   / UDP  192.168.255.111   ; branch=',
      ' z9hG4bK30239',
      'm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =',
      '      newvalue ;',
      '  secondparam ; q = 0.33',
      '',
      'v=0',
      'o=mhandley 29739 7272939 IN IP4 192.0.2.3',
      's=-',
      'c=IN IP4 192.0.2.4',
      't=0 0',
      'm=audio 49217 RTP/AVP 0 12',
      'm=video 3227 RTP/AVP 31',
      'a=rtpmap:31 LPC',
      '',
    ].join('\r\n'),
    faults: [],
  },
  {
    name: 'intmeth',
    text: message(
      "!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0",
      [
        "Via: SIP/2.0/TCP host1.example.com;branch=z9hG4bK-.!%66*_+`'~",
        'To: "BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f" <sip:1_unusual.URI~(to-be!sure)&isn\'t+it$/crazy?,/;;*@example.com>',
        "From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%=\"\xd1\x80\xd0\xb0\";tag=_token~1'+`*%!-.",
        'Call-ID: intmeth.word%ZK-!.*_+\'@word`~)(><:\\/"][?}{',
        "CSeq: 139122385 !interesting-Method0123456789_*+`.%indeed'~",
        'Max-Forwards: 255',
        "extensionHeader-!.%*+_`'~:\xef\xbb\xbf\xe5\xa4\xa7\xe5\x81\x9c\xe9\x9b\xbb",
      ],
    ),
    faults: [],
  },
  {
    name: 'esc01',
    text: message(
      'INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0',
      [
        'To: sip:%75se%72@example.com',
        'From: <sip:I%20have%20spaces@example.net>;tag=938',
        FORWARDS,
        ID,
        'CSeq: 234234 INVITE',
        VIA,
        'Contact: <sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>',
        SDP_TYPE,
      ],
      SDP,
    ),
    faults: [],
  },
  {
    name: 'escnull',
    text: message('REGISTER sip:example.com SIP/2.0', [
      'To: sip:null-%00-null@example.com',
      'From: sip:null-%00-null@example.com;tag=839923423',
      FORWARDS,
      ID,
      'CSeq: 14398234 REGISTER',
      VIA,
      'Contact: <sip:%00@host5.example.com>',
      'Contact: <sip:%00%00@host5.example.com>',
    ]),
    faults: [],
  },
  {
    name: 'esc02',
    text: message('RE%47IST%45R sip:registrar.example.com SIP/2.0', [
      'To: "%Z%45" <sip:resource@example.com>',
      'From: "%Z%45" <sip:resource@example.com>;tag=f232jadfj23',
      'Call-ID: esc02.asdfnqwo34rq23i34jrjasdcnl23nrlknsdf',
      VIA,
      'CSeq: 29344 RE%47IST%45R',
      FORWARDS,
      'Contact: <sip:alias1@host1.example.com>',
      'C%6Fntact: <sip:alias2@host2.example.com>',
      'Contact: <sip:alias3@host3.example.com>',
    ]),
    faults: [],
  },
  {
    name: 'lwsdisp',
    text: message('OPTIONS sip:user@example.com SIP/2.0', [
      'To: sip:user@example.com',
      'From: caller<sip:caller@example.com>;tag=323',
      FORWARDS,
      ID,
      'CSeq: 60 OPTIONS',
      VIA,
    ]),
    faults: [],
  },
  {
    name: 'longreq',
    text: message(
      'INVITE sip:user@example.com SIP/2.0',
      [
        `To: "I have a user name of ${'extreme'.repeat(10)} proportion"<sip:user@example.com:6000;unknownparam1=very${'long'.repeat(20)}value;longparam${'name'.repeat(25)}=shortvalue;very${'long'.repeat(25)}ParameterNameWithNoValue>`,
        `F: sip:amazinglylongcallername${'e'.repeat(60)}@example.net;tag=12982424;unknownheaderparam${'name'.repeat(20)}=unknowheaderparam${'value'.repeat(15)};unknownValueless${'paramname'.repeat(10)}`,
        `Call-ID: longreq.one${'really'.repeat(20)}longcallid`,
        'CSeq: 3882340 INVITE',
        `Unknown-${'Long'.repeat(20)}-Name: unknown-${'long'.repeat(20)}-value; unknown-${'long'.repeat(20)}-parameter-name = unknown-${'long'.repeat(20)}-parameter-value`,
        `Via: SIP/2.0/TCP sip33.example.com`,
        ...Array.from({ length: 34 }, (_, i) => `v: SIP/2.0/TCP sip${33 - i}.example.com;branch=z9hG4bK${i}`),
        'Max-Forwards: 70',
        `Contact: <sip:amazinglylongcallername${'e'.repeat(60)}@host5.example.net>`,
        SDP_TYPE,
      ],
      SDP,
    ),
    faults: [],
  },
  {
    name: 'dblreq',
    text:
      message('REGISTER sip:example.com SIP/2.0', headers('REGISTER')) +
      message('INVITE sip:joe@example.com SIP/2.0', headers('INVITE', SDP_TYPE), SDP),
    faults: ['bytes-behind-body'],
  },
  {
    name: 'semiuri',
    text: message('OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0', [
      'To: sip:j_user@example.com',
      FROM,
      FORWARDS,
      ID,
      'CSeq: 8 OPTIONS',
      VIA,
      'Accept: application/sdp, application/pkcs7-mime, multipart/mixed, multipart/signed, message/sip, message/sipfrag',
    ]),
    faults: [],
  },
  {
    name: 'transports',
    text: message('OPTIONS sip:user@example.com SIP/2.0', [
      TO,
      FROM,
      FORWARDS,
      ID,
      'CSeq: 60 OPTIONS',
      ...['UDP t1', 'SCTP t2', 'TLS t3', 'UNKNOWN t4', 'TCP t5'].map(
        (t) => `Via: SIP/2.0/${t}.example.com;branch=z9hG4bKkdjuw`,
      ),
    ]),
    faults: [],
  },
  {
    name: 'mpart01',
    text: message(
      'MESSAGE sip:kumiko@example.org SIP/2.0',
      [
        'Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK-d87543-4dade06d0bdb11ee-1--d87543-;rport',
        FORWARDS,
        'Route: <sip:127.0.0.1:5080>',
        'Identity: r5mwreLuyDRYBi/0TiPwEsY3rEVsk/G2WxhgTV1PF7hHuLIK0YWVKZhKv9Mj8UeXqkMVbnVq37CD+813gvYjcBUaZngQmXc9WNZSDNGCzA+fWl9MEUHWIZo1CeJebdY/XlgKeTa0Olvq0rt70Q5jiSfbqMJmQFteeivUhkMWYUA=',
        'Contact: <sip:fluffy@127.0.0.1:5070>',
        'To: <sip:kumiko@example.org>',
        'From: <sip:fluffy@example.com>;tag=2fb0dcc9',
        'Call-ID: 3d9485ad0c49859b@Zmx1ZmZ5LW1hYy0xNi5sb2NhbA..',
        'CSeq: 1 MESSAGE',
        'Content-Transfer-Encoding: binary',
        'Content-Type: multipart/mixed;boundary=7a9cbec02ceef655',
        'Date: Sat, 15 Oct 2005 04:44:56 GMT',
        'User-Agent: SIPimp.org/0.2.5 (curses)',
      ],
      `--7a9cbec02ceef655\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\n\r\nHello\r\n--7a9cbec02ceef655\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n\x30\x82\x01\x52\x06\x09\x2a\r\n\x00\r\n--7a9cbec02ceef655--\r\n`,
    ),
    faults: [],
  },
  {
    name: 'unreason',
    text: message(
      'SIP/2.0 200 = 2**3 * 5**2 \xd0\xbd\xd0\xbe \xd1\x81\xd1\x82\xd0\xbe \xd0\xb4\xd0\xb5\xd0\xb2\xd1\x8f\xd0\xbd\xd0\xbe\xd1\x81\xd1\x82\xd0\xbe',
      headers('INVITE', 'Contact: <sip:user@host198.example.com>', SDP_TYPE),
      SDP,
    ),
    faults: [],
  },
  { name: 'noreason', text: message('SIP/2.0 100 ', headers('INVITE')), faults: [] },

  {
    name: 'badinv01',
    text: message(
      'INVITE sip:user@example.com SIP/2.0',
      [
        'To: sip:j.user@example.com',
        'From: sip:caller@example.net;tag=134161461246',
        'Max-Forwards: 7',
        ID,
        'CSeq: 8 INVITE',
        'Via: SIP/2.0/UDP 192.0.2.15;;,;,,',
        'Contact: "Joe" <sip:joe@example.org>;;;;',
        SDP_TYPE,
      ],
      SDP,
    ),
    faults: ['stray-separators', 'stray-separators'],
  },
  {
    name: 'clerr',
    text: message('INVITE sip:user@example.com SIP/2.0', headers('INVITE', SDP_TYPE), SDP, '9999'),
    faults: ['body-cut'],
  },
  {
    name: 'ncl',
    text: message('INVITE sip:user@example.com SIP/2.0', headers('INVITE', SDP_TYPE), SDP, '-999'),
    faults: ['bad-content-length'],
  },
  {
    name: 'scalar02',
    text: message('REGISTER sip:example.com SIP/2.0', [
      'Via: SIP/2.0/TCP host129.example.com;branch=z9hG4bK342sdfoi3',
      TO,
      FROM,
      'CSeq: 36893488147419103232 REGISTER',
      ID,
      'Max-Forwards: 300',
      'Expires: 1000000000000000000000000000000000000000000000000000',
      'Contact: <sip:user@host129.example.com>;expires=280297596632815',
    ]),
    faults: ['bad-cseq', 'bad-number', 'bad-number'],
  },
  {
    name: 'scalarlg',
    text: message('SIP/2.0 503 Service Unavailable', [
      VIA,
      TO,
      FROM,
      ID,
      'CSeq: 9292394834772304023312 OPTIONS',
      'Retry-After: 949302838503028349304023988',
      'Warning: 1812 overture "In Progress"',
    ]),
    faults: ['bad-cseq'],
  },
  {
    name: 'quotbal',
    text: message('INVITE sip:user@example.com SIP/2.0', [
      'To: "Mr. J. User <sip:j.user@example.com>',
      FROM,
      FORWARDS,
      ID,
      'CSeq: 3 INVITE',
      VIA,
    ]),
    faults: ['bad-address'],
  },
  {
    name: 'ltgtruri',
    text: message('INVITE <sip:user@example.com> SIP/2.0', headers('INVITE')),
    faults: ['bad-request-uri'],
  },
  {
    name: 'lwsruri',
    text: message('INVITE sip:user@example.com; lr SIP/2.0', headers('INVITE')),
    faults: ['blanks-in-start-line'],
  },
  {
    name: 'lwsstart',
    text: message('INVITE  sip:user@example.com  SIP/2.0', headers('INVITE')),
    faults: ['blanks-in-start-line'],
  },
  {
    name: 'trws',
    text: message('OPTIONS sip:remote-target@example.com SIP/2.0  ', headers('OPTIONS')),
    faults: ['blanks-in-start-line'],
  },
  {
    name: 'escruri',
    text: message('INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0', headers('INVITE')),
    faults: ['bad-request-uri'],
  },
  {
    name: 'baddate',
    text: message(
      'INVITE sip:user@example.com SIP/2.0',
      headers('INVITE', 'Date: Fri, 01 Jan 2010 16:00:00 EST'),
    ),
    faults: ['bad-date'],
  },
  {
    name: 'regbadct',
    text: message(
      'REGISTER sip:example.com SIP/2.0',
      headers('REGISTER', 'Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E'),
    ),
    faults: ['bad-address'],
  },
  {
    name: 'badaspec',
    text: message('OPTIONS sip:user@example.org SIP/2.0', [
      VIA,
      FORWARDS,
      'From: "Bell, Alexander" <sip:a.g.bell@example.com>;tag=433423',
      'To: "Watson, Thomas" < sip:t.watson@example.org >',
      ID,
      'CSeq: 3923423 OPTIONS',
    ]),
    faults: ['bad-address'],
  },
  {
    name: 'baddn',
    text: message('OPTIONS sip:t.watson@example.org SIP/2.0', [
      VIA,
      FORWARDS,
      'From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43',
      'To: Watson, Thomas <sip:t.watson@example.org>',
      ID,
      'CSeq: 31 OPTIONS',
    ]),
    faults: ['bad-address', 'bad-address'],
  },
  {
    name: 'badvers',
    text: message('OPTIONS sip:t.watson@example.org SIP/7.0', headers('OPTIONS')),
    faults: ['version-unknown'],
  },
  {
    name: 'mismatch01',
    text: message('OPTIONS sip:user@example.com SIP/2.0', headers('INVITE')),
    faults: ['cseq-method-differs'],
  },
  {
    name: 'mismatch02',
    text: message('NEWMETHOD sip:user@example.com SIP/2.0', headers('INVITE', SDP_TYPE), SDP),
    faults: ['cseq-method-differs'],
  },
  {
    name: 'bigcode',
    text: message('SIP/2.0 4294967301 better not break the receiver', headers('INVITE')),
    faults: ['status-out-of-range'],
  },

  {
    name: 'badbranch',
    text: message('OPTIONS sip:user@example.com SIP/2.0', [
      TO,
      FROM,
      FORWARDS,
      ID,
      'CSeq: 8 OPTIONS',
      'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK',
    ]),
    faults: ['bad-via'],
  },
  {
    name: 'insuf',
    text: message(
      'INVITE sip:user@example.com SIP/2.0',
      ['CSeq: 193942 INVITE', 'Via: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf', SDP_TYPE],
      SDP,
    ),
    faults: ['missing-header', 'missing-header', 'missing-header'],
  },
  {
    name: 'unkscm',
    text: message('OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0', headers('OPTIONS')),
    faults: [],
  },
  {
    name: 'novelsc',
    text: message('OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0', headers('OPTIONS')),
    faults: [],
  },
  {
    name: 'unksm2',
    text: message('REGISTER sip:example.com SIP/2.0', [
      'To: isbn:2983792873',
      'From: <http://www.example.com>;tag=3234233',
      ID,
      'CSeq: 234902 REGISTER',
      FORWARDS,
      VIA,
      'Contact: <name:John_Smith>',
    ]),
    faults: [],
  },
  {
    name: 'bext01',
    text: message(
      'OPTIONS sip:user@example.com SIP/2.0',
      headers(
        'OPTIONS',
        'Require: nothingSupportsThis, nothingSupportsThisEither',
        'Proxy-Require: noProxiesSupportThis',
      ),
    ),
    faults: [],
  },
  {
    name: 'invut',
    text: message(
      'INVITE sip:user@example.com SIP/2.0',
      headers('INVITE', 'Content-Type: application/unknownformat'),
      '<audio>\r\n <pcmu port="443"/>\r\n</audio>\r\n',
    ),
    faults: [],
  },
  {
    name: 'regaut01',
    text: message(
      'REGISTER sip:example.com SIP/2.0',
      headers('REGISTER', 'Authorization: NoOneKnowsThisScheme opaque-data=here'),
    ),
    faults: [],
  },
  {
    name: 'multi01',
    text: message(
      'INVITE sip:user@company.com SIP/2.0',
      [
        'Contact: <sip:caller@host25.example.net>',
        VIA,
        FORWARDS,
        'CSeq: 5 INVITE',
        'Call-ID: multi01.98asdh@192.0.2.1',
        'CSeq: 59 INVITE',
        'Call-ID: multi01.98asdh@192.0.2.2',
        'From: sip:caller@example.com;tag=3413415',
        'To: sip:user@example.com',
        'To: sip:other@example.net',
        'From: sip:caller@example.net;tag=2923420123',
        SDP_TYPE,
        'Contact: <sip:caller@host36.example.net>',
        'Max-Forwards: 5',
      ],
      SDP,
    ),
    faults: ['repeated-header', 'repeated-header', 'repeated-header', 'repeated-header', 'repeated-header'],
  },
  {
    name: 'mcl01',
    text: message(
      'OPTIONS sip:user@example.com SIP/2.0',
      headers('OPTIONS', 'Content-Length: 13', 'Content-Type: text/plain'),
      "There's no way to know how many octets are supposed to be here.\r\n",
      '5',
    ),
    faults: ['repeated-header', 'bytes-behind-body'],
  },
  {
    name: 'bcast',
    text: message(
      'SIP/2.0 200 OK',
      [
        'Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923',
        'Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23',
        ID,
        'CSeq: 35 INVITE',
        TO,
        FROM,
        SDP_TYPE,
      ],
      SDP,
    ),
    faults: [],
  },
  {
    name: 'zeromf',
    text: message('OPTIONS sip:user@example.com SIP/2.0', [
      TO,
      FROM,
      'Max-Forwards: 0',
      ID,
      'CSeq: 39234321 OPTIONS',
      VIA,
    ]),
    faults: [],
  },
  {
    name: 'cparam01',
    text: message(
      'REGISTER sip:example.com SIP/2.0',
      headers('REGISTER', 'Contact: sip:+19725552222@gw1.example.net;unknownparam'),
    ),
    faults: [],
  },
  {
    name: 'cparam02',
    text: message(
      'REGISTER sip:example.com SIP/2.0',
      headers('REGISTER', 'Contact: <sip:+19725552222@gw1.example.net;unknownparam>'),
    ),
    faults: [],
  },
  {
    name: 'regescrt',
    text: message(
      'REGISTER sip:example.com SIP/2.0',
      headers('REGISTER', 'Contact: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>'),
    ),
    faults: [],
  },
  {
    name: 'sdp01',
    text: message(
      'INVITE sip:user@example.com SIP/2.0',
      headers('INVITE', 'Accept: text/nobodyKnowsThis', SDP_TYPE),
      SDP,
    ),
    faults: [],
  },
  {
    name: 'inv2543',
    text: [
      'INVITE sip:UserB@example.com SIP/2.0',
      'Via: SIP/2.0/UDP iftgw.example.com',
      'From: <sip:+13035551111@ift.client.example.net;user=phone>',
      'Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>',
      'To: sip:+16505552222@ss1.example.net;user=phone',
      'Call-ID: inv2543.1717@ift.client.example.com',
      'CSeq: 56 INVITE',
      'Content-Type: application/sdp',
      '',
      SDP,
    ].join('\r\n'),
    faults: [],
  },
];
