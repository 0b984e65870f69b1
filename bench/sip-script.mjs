/**
 * What the two ends of one connection say to each other, endlessly: registrations, pings and calls as a PBX and its
 * phones (or another PBX) do, several calls at a time. Every message is whole, with its right Content-Length.
 */
export class SipScript {
  #random;
  #client;
  #server;
  #domain;
  #user;
  #peer;
  /** Dialogs under way, each a generator of messages. */
  #dialogs = [];
  #most;
  #agents;

  /**
   * @param {import('./random.mjs').Random} random
   * @param {{client: string, server: string, domain: string, user: string, calls: number}} ends addresses with port, and
   *   how many dialogs run at once
   */
  constructor(random, ends) {
    this.#random = random;
    this.#client = ends.client;
    this.#server = ends.server;
    this.#domain = ends.domain;
    this.#user = ends.user;
    this.#peer = String(2000 + random.below(7000));
    this.#most = ends.calls;
    this.#agents = [random.pick(PHONES), random.pick(SERVERS)];
    this.#dialogs.push(this.#registration());
  }

  /** The next message: from the client (0) or the server (1). */
  next() {
    for (;;) {
      while (this.#dialogs.length < this.#most) this.#dialogs.push(this.#newDialog());
      const index = this.#random.below(this.#dialogs.length);
      const step = this.#dialogs[index].next();
      if (!step.done) return step.value;
      this.#dialogs.splice(index, 1);
    }
  }

  #newDialog() {
    const roll = this.#random.below(20);
    if (roll < 2) return this.#registration();
    if (roll < 5) return this.#ping();
    return this.#call();
  }

  *#registration() {
    const dialog = this.#dialog(0);
    const uri = `sip:${this.#domain}`;
    const contact = `Contact: <sip:${this.#user}@${this.#client};transport=tls>;+sip.instance="<urn:uuid:${uuid(this.#random)}>";expires=600`;
    const request = (cseq, more) =>
      this.#request(dialog, 'REGISTER', uri, cseq, [contact, 'Expires: 600', ...more, ...ALLOWED], '');
    let message = request(1, []);
    yield message;
    const nonce = this.#random.hex(16);
    const challenge = `WWW-Authenticate: Digest realm="${this.#domain}", nonce="${nonce}", qop="auth", algorithm=MD5`;
    yield this.#response(dialog, message, 401, 'Unauthorized', [challenge], '');
    const answer = `Authorization: Digest username="${this.#user}", realm="${this.#domain}", nonce="${nonce}", uri="${uri}", response="${this.#random.hex(16)}", cnonce="${this.#random.hex(8)}", nc=00000001, qop=auth, algorithm=MD5`;
    message = request(2, [answer]);
    yield message;
    yield this.#response(dialog, message, 200, 'OK', [contact, ...ALLOWED, DATE], '');
  }

  *#ping() {
    const dialog = this.#dialog(this.#random.below(2));
    const message = this.#request(
      dialog,
      'OPTIONS',
      this.#uriOf(1 - dialog.from),
      1,
      [ACCEPT, ...ALLOWED],
      '',
    );
    yield message;
    yield this.#response(dialog, message, 200, 'OK', [ACCEPT, ...ALLOWED, SUPPORTED], '');
  }

  *#call() {
    const dialog = this.#dialog(this.#random.below(2));
    const uri = this.#uriOf(1 - dialog.from);
    const contact = (side) => `Contact: <${this.#uriOf(side)};ob>`;
    const invite = this.#request(
      dialog,
      'INVITE',
      uri,
      1,
      [contact(dialog.from), ...ALLOWED, SUPPORTED, 'Session-Expires: 1800', 'Min-SE: 90', SDP_TYPE],
      this.#sdp(dialog.from),
    );
    yield invite;
    yield this.#response(dialog, invite, 100, 'Trying', [], '', false);
    yield this.#response(dialog, invite, 180, 'Ringing', [contact(1 - dialog.from), ...ALLOWED], '');
    const answered = this.#random.chance(0.8);
    if (!answered) {
      yield this.#response(dialog, invite, 486, 'Busy Here', [REASON, ...ALLOWED], '');
      yield this.#request(dialog, 'ACK', uri, 1, [], '', invite.branch);
      return;
    }
    const more = [
      contact(1 - dialog.from),
      ...ALLOWED,
      SUPPORTED,
      'Session-Expires: 1800;refresher=uac',
      SDP_TYPE,
    ];
    yield this.#response(dialog, invite, 200, 'OK', more, this.#sdp(1 - dialog.from));
    yield this.#request(dialog, 'ACK', uri, 1, [ROUTE, ...ALLOWED], '');
    const bye = this.#request(dialog, 'BYE', uri, 2, [ROUTE, REASON, ...ALLOWED], '');
    yield bye;
    yield this.#response(dialog, bye, 200, 'OK', [...ALLOWED, SUPPORTED], '');
  }

  #dialog(from) {
    return {
      from,
      callId: `${this.#random.hex(12)}@${from === 0 ? this.#client.split(':')[0] : this.#domain}`,
      fromTag: this.#random.hex(5),
      toTag: this.#random.hex(5),
      early: true,
    };
  }

  #uriOf(side) {
    return side === 0
      ? `sip:${this.#user}@${this.#client};transport=tls`
      : `sip:${this.#peer}@${this.#server};transport=tls`;
  }

  #request(dialog, method, uri, cseq, headers, body, branch = `z9hG4bK-${this.#random.hex(10)}`) {
    const side = dialog.from;
    const [user, peer] = side === 0 ? [this.#user, this.#peer] : [this.#peer, this.#user];
    const to = dialog.early ? '' : `;tag=${dialog.toTag}`;
    const head = [
      `Via: SIP/2.0/TLS ${side === 0 ? this.#client : this.#server};branch=${branch};rport;alias`,
      `From: "${NAMES[user.charCodeAt(user.length - 1) % NAMES.length]}" <sip:${user}@${this.#domain}>;tag=${dialog.fromTag}`,
      `To: <sip:${method === 'REGISTER' ? user : peer}@${this.#domain}>${to}`,
      `Call-ID: ${dialog.callId}`,
      `CSeq: ${cseq} ${method}`,
    ];
    const lines = [
      `${method} ${uri} SIP/2.0`,
      head[0],
      'Max-Forwards: 70',
      ...head.slice(1),
      ...headers,
      `User-Agent: ${this.#agents[side]}`,
      `Content-Length: ${body.length}`,
    ];
    return { direction: side, text: `${lines.join('\r\n')}\r\n\r\n${body}`, head, branch };
  }

  #response(dialog, request, status, phrase, headers, body, tagged = true) {
    const side = 1 - dialog.from;
    const [via, from, to, callId, cseq] = request.head;
    if (tagged) dialog.early = false;
    const lines = [
      `SIP/2.0 ${status} ${phrase}`,
      via.replace(';rport', `;rport=${(side === 0 ? this.#server : this.#client).split(':')[1]}`),
      from,
      tagged && !to.includes(';tag=') ? `${to};tag=${dialog.toTag}` : to,
      callId,
      cseq,
      ...headers,
      `${side === 0 ? 'User-Agent' : 'Server'}: ${this.#agents[side]}`,
      `Content-Length: ${body.length}`,
    ];
    return { direction: side, text: `${lines.join('\r\n')}\r\n\r\n${body}` };
  }

  #sdp(side) {
    const address = (side === 0 ? this.#client : this.#server).split(':')[0];
    const port = 10000 + 2 * this.#random.below(20000);
    const session = this.#random.below(2 ** 31);
    return [
      'v=0',
      `o=- ${session} ${session + 1} IN IP4 ${address}`,
      's=call',
      `c=IN IP4 ${address}`,
      't=0 0',
      `m=audio ${port} RTP/SAVP 8 0 101`,
      'a=rtpmap:8 PCMA/8000',
      'a=rtpmap:101 telephone-event/8000',
      `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${this.#random.bytes(30).toString('base64')}`,
      'a=ptime:20',
      'a=sendrecv',
      '',
    ].join('\r\n');
  }
}

function uuid(random) {
  const hex = random.hex(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const PHONES = ['Deskphone T4/66.86.0.15', 'SoftClient 5.4.12 (Linux)', 'IP-Phone 8841/14.2.1'];
const SERVERS = ['PBX-Core 20.3.1', 'EdgeProxy 5.6.3 (x86_64/linux)'];
const NAMES = ['Reception', 'Ana Marin', 'B. Osei', 'Support Desk', 'Meeting Room 3'];
const ALLOWED = [
  'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, REFER, NOTIFY, SUBSCRIBE, UPDATE, PRACK, MESSAGE',
  'Allow-Events: talk, hold, conference, refer, check-sync',
];
const SUPPORTED = 'Supported: replaces, timer, 100rel, path, outbound, gruu, from-change';
const ACCEPT = 'Accept: application/sdp, application/dtmf-relay, text/plain, message/sipfrag';
const ROUTE = 'Route: <sip:edge.bench.example;transport=tls;lr>';
const REASON = 'Reason: Q.850;cause=16;text="Normal call clearing"';
const DATE = 'Date: Tue, 01 Dec 2026 08:00:00 GMT';
const SDP_TYPE = 'Content-Type: application/sdp';
