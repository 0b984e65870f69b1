import { STATIC_PAYLOAD_TYPES } from './payload-types.ts';

export type MediaDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

export interface Codec {
  readonly payloadType: number;
  /** As sent; that of the static type where there is no rtpmap; empty where it is not known. */
  readonly name: string;
  readonly clockRate: number;
  readonly channels: number;
  /** The fmtp line's text, empty without one. */
  readonly parameters: string;
}

/** One candidate of ICE (RFC 8839 §5.1). */
export interface IceCandidate {
  readonly component: number;
  readonly transport: string;
  readonly address: string;
  readonly port: number;
  readonly type: string;
}

/** One m= section, with what the session level says for it. No key, password or credential is ever a member. */
export interface MediaDescription {
  /** "audio", "video", "image", "message", … */
  readonly type: string;
  /** 0 where the medium is refused or ended (RFC 3264 §6). */
  readonly port: number;
  readonly portCount: number;
  /** "RTP/AVP", "RTP/SAVP", "UDP/TLS/RTP/SAVPF", "TCP/TLS/MSRP", "udptl", … */
  readonly protocol: string;
  readonly address: string;
  readonly addressType: 'IP4' | 'IP6' | '';
  readonly direction: MediaDirection;
  readonly codecs: readonly Codec[];
  /** Formats that are not RTP payload types. */
  readonly formats: readonly string[];
  /** RTCP's port where it is named; else the port behind RTP's, or the same where `rtcpMux`. */
  readonly rtcpPort: number;
  readonly rtcpMux: boolean;
  /** a=crypto lines (RFC 4568): tag and suite. The keys stand in the message only. */
  readonly crypto: readonly { readonly tag: number; readonly suite: string }[];
  /** Certificate fingerprints for DTLS (RFC 8122). */
  readonly fingerprints: readonly { readonly hash: string; readonly value: string }[];
  /** a=setup (RFC 4145): "active", "passive", "actpass", "holdconn", or empty. */
  readonly setup: string;
  readonly zrtp: boolean;
  readonly candidates: readonly IceCandidate[];
  readonly packetTime: number | null;
  readonly mid: string;
}

export interface SessionDescription {
  /** o=: identifies the session and its version (RFC 8866 §5.2). */
  readonly origin: {
    readonly user: string;
    readonly id: string;
    readonly version: string;
    readonly address: string;
  } | null;
  readonly name: string;
  readonly media: readonly MediaDescription[];
  /** Lines that are no SDP, by number from 1; at most 20. */
  readonly strayLines: readonly number[];
}

/** At most so many media sections, codecs and candidates in one are kept: a body may hold a million lines. */
const MEDIA_LIMIT = 64;
const LIST_LIMIT = 128;

/** Reads a session description (RFC 8866) as far as it goes; null where not one line is SDP. Linear in its length. */
export function parseSdp(text: string): SessionDescription | null {
  const session = new Section('', 0, 1, '', []);
  const sections: Section[] = [];
  const strayLines: number[] = [];
  let origin: SessionDescription['origin'] = null;
  let name = '';
  let understood = 0;
  let section = session;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (line === '') continue;
    if (!/^[a-z]=/.test(line)) {
      if (strayLines.length < 20) strayLines.push(index + 1);
      continue;
    }
    understood++;
    const value = line.slice(2);
    switch (line.charAt(0)) {
      case 'o':
        origin ??= readOrigin(value);
        break;
      case 's':
        if (section === session) name = value.trim();
        break;
      case 'c':
        section.readConnection(value);
        break;
      case 'm':
        if (sections.length < MEDIA_LIMIT) {
          section = readMedia(value);
          sections.push(section);
        }
        break;
      case 'a':
        section.readAttribute(value);
        break;
    }
  }
  if (understood === 0) return null;
  return { origin, name, media: sections.map((one) => one.describe(session)), strayLines };
}

function readOrigin(value: string): SessionDescription['origin'] {
  const [user = '', id = '', version = '', , , address = ''] = words(value);
  return { user, id, version, address };
}

function readMedia(value: string): Section {
  const [type = '', port = '', protocol = '', ...formats] = words(value);
  const [first = '', count = '1'] = port.split('/');
  return new Section(type, portOf(first), Math.max(1, portOf(count)), protocol, formats.slice(0, LIST_LIMIT));
}

class Section {
  readonly #type: string;
  readonly #port: number;
  readonly #portCount: number;
  readonly #protocol: string;
  readonly #formats: readonly string[];
  #address = '';
  #addressType: 'IP4' | 'IP6' | '' = '';
  #direction: MediaDirection | null = null;
  readonly #maps = new Map<string, string>();
  readonly #formatParameters = new Map<string, string>();
  #rtcpPort = -1;
  #rtcpMux = false;
  readonly #crypto: { tag: number; suite: string }[] = [];
  readonly #fingerprints: { hash: string; value: string }[] = [];
  #setup = '';
  #zrtp = false;
  readonly #candidates: IceCandidate[] = [];
  #packetTime: number | null = null;
  #mid = '';

  constructor(type: string, port: number, portCount: number, protocol: string, formats: readonly string[]) {
    this.#type = type;
    this.#port = port;
    this.#portCount = portCount;
    this.#protocol = protocol;
    this.#formats = formats;
  }

  readConnection(value: string): void {
    const [, type = '', address = ''] = words(value);
    this.#addressType = type === 'IP4' || type === 'IP6' ? type : '';
    this.#address = address.split('/')[0] ?? '';
  }

  readAttribute(text: string): void {
    const colon = text.indexOf(':');
    const name = colon < 0 ? text.trim() : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + 1).trim();
    switch (name) {
      case 'sendrecv':
      case 'sendonly':
      case 'recvonly':
      case 'inactive':
        this.#direction = name;
        break;
      case 'rtpmap':
        rememberByFormat(this.#maps, value);
        break;
      case 'fmtp':
        rememberByFormat(this.#formatParameters, value);
        break;
      case 'rtcp':
        this.#rtcpPort = portOf(words(value)[0] ?? '');
        break;
      case 'rtcp-mux':
        this.#rtcpMux = true;
        break;
      case 'crypto': {
        const [tag = '', suite = ''] = words(value);
        if (this.#crypto.length < LIST_LIMIT) this.#crypto.push({ tag: portOf(tag), suite });
        break;
      }
      case 'fingerprint': {
        const [hash = '', digest = ''] = words(value);
        const fingerprint = { hash: hash.toLowerCase(), value: digest.toUpperCase() };
        if (this.#fingerprints.length < LIST_LIMIT) this.#fingerprints.push(fingerprint);
        break;
      }
      case 'setup':
        this.#setup = value;
        break;
      case 'zrtp-hash':
        this.#zrtp = true;
        break;
      case 'candidate':
        this.#readCandidate(value);
        break;
      case 'ptime':
        this.#packetTime = /^\d{1,5}(?:\.\d+)?$/.test(value) ? Number(value) : null;
        break;
      case 'mid':
        this.#mid = value;
        break;
    }
  }

  #readCandidate(value: string): void {
    const [, component = '', transport = '', , address = '', port = '', , type = ''] = words(value);
    if (this.#candidates.length >= LIST_LIMIT) return;
    this.#candidates.push({
      component: portOf(component),
      transport: transport.toLowerCase(),
      address,
      port: portOf(port),
      type,
    });
  }

  /** With what the session level says where the section does not (RFC 8866 §5.7, §6.7, RFC 8122 §5). */
  describe(session: Section): MediaDescription {
    const isRtp = /\bRTP\//i.test(this.#protocol);
    const own = this.#address !== '';
    return {
      type: this.#type,
      port: this.#port,
      portCount: this.#portCount,
      protocol: this.#protocol,
      address: own ? this.#address : session.#address,
      addressType: own ? this.#addressType : session.#addressType,
      direction: this.#direction ?? session.#direction ?? 'sendrecv',
      codecs: isRtp ? this.#formats.map((format) => this.#codec(format)) : [],
      formats: isRtp ? [] : this.#formats,
      rtcpPort: this.#rtcpPort >= 0 ? this.#rtcpPort : this.#rtcpMux ? this.#port : this.#port + 1,
      rtcpMux: this.#rtcpMux,
      crypto: this.#crypto,
      fingerprints: this.#fingerprints.length > 0 ? this.#fingerprints : session.#fingerprints,
      setup: this.#setup === '' ? session.#setup : this.#setup,
      zrtp: this.#zrtp || session.#zrtp,
      candidates: this.#candidates,
      packetTime: this.#packetTime,
      mid: this.#mid,
    };
  }

  #codec(format: string): Codec {
    const payloadType = portOf(format);
    const map = this.#maps.get(format);
    const known = STATIC_PAYLOAD_TYPES[payloadType];
    const [name = '', clockRate = '', channels = '1'] = (map ?? '').split('/');
    const parameters = this.#formatParameters.get(format) ?? '';
    if (map !== undefined)
      return {
        payloadType,
        name,
        clockRate: Number(clockRate) || 0,
        channels: Number(channels) || 1,
        parameters,
      };
    return {
      payloadType,
      name: known?.[0] ?? '',
      clockRate: known?.[1] ?? 0,
      channels: known?.[2] ?? 1,
      parameters,
    };
  }
}

function rememberByFormat(map: Map<string, string>, value: string): void {
  const blank = value.indexOf(' ');
  const format = blank < 0 ? value : value.slice(0, blank);
  if (map.size < LIST_LIMIT && !map.has(format))
    map.set(format, blank < 0 ? '' : value.slice(blank + 1).trim());
}

function words(text: string): string[] {
  return text.split(/\s+/, 4 * LIST_LIMIT).filter((word) => word !== '');
}

/** A number from 0 to 65535; 0 where the text is none. */
function portOf(text: string): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  return number <= 65535 ? number : 0;
}
