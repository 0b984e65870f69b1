import type { RichText, WhyPanel } from '../../api.ts';
import { conversationLink, frameLink, rich, term } from '../../diagnosis/rich-text.ts';
import type { Analysis } from '../analysis.ts';
import { MediaDescriptions, type MediaEnd } from '../media/media-descriptions.ts';
import { MediaKeys } from '../media/media-keys.ts';
import { MessageIndex } from '../messages/message-index.ts';
import type { FrameReporter } from './frame-report.ts';

export type Story = Pick<WhyPanel, 'title' | 'what' | 'proof' | 'fixNow' | 'fixNext'>;

/**
 * What is said of frames and conversations that are no TLS: whether they are encrypted, and where the keys would be of
 * what is (SRTP, QUIC, ESP, ZRTP, SSH).
 */
export class OtherProtocols {
  private readonly analysis: Analysis;
  private readonly frames: FrameReporter;
  private media: {
    readonly revision: number;
    readonly ends: MediaDescriptions;
    readonly keys: MediaKeys;
  } | null = null;

  constructor(analysis: Analysis, frames: FrameReporter) {
    this.analysis = analysis;
    this.frames = frames;
  }

  tellFrame(number: number): Story | null {
    const conversation = this.analysis.structure.frames.conversation.read(number - 1);
    const { source, destination } = this.frames.endpointsOf(number);
    const own = this.frames.protocolOf(number, true);
    // QUIC's short headers say nothing of themselves: the long ones before them do.
    const protocol = own === 'UDP' && this.wasSpokenIn(conversation) === 'QUIC' ? 'QUIC' : own;
    return this.tell(protocol, conversation, `${source} and ${destination}`);
  }

  /** Of a conversation by the protocol that its report names. */
  tellConversation(conversation: number, protocol: string): Story | null {
    const ends = `${this.frames.endpointOf(conversation, 0)} and ${this.frames.endpointOf(conversation, 1)}`;
    const first = this.analysis.structure.conversations.firstFrame.read(conversation);
    // A report calls media RTP; only with all descriptions read it is known whether it is SRTP.
    const media = protocol === 'RTP' || protocol === 'RTCP';
    return this.tell(media ? this.frames.protocolOf(first, true) : protocol, conversation, ends);
  }

  private wasSpokenIn(conversation: number): string {
    const { protocols, clearProtocol } = this.analysis.structure;
    return conversation < 0 ? '' : protocols.nameOf(clearProtocol.read(conversation));
  }

  private tell(protocol: string, conversation: number, ends: string): Story | null {
    switch (protocol) {
      case 'SRTP':
      case 'SRTCP':
        return this.tellSecuredMedia(protocol, conversation);
      case 'RTP':
      case 'RTCP':
        return story(`${protocol}, not TLS`, [
          rich`By its shape this is ${protocol === 'RTP' ? MEDIA : CONTROL}. No session description that can be read here says that it is encrypted (SRTP).${this.tellLocked()}`,
        ]);
      case 'QUIC':
        return story('QUIC: encrypted, but not as TLS over TCP is', [
          rich`${QUIC} between ${ends}. Sipher names it and does not decrypt it.`,
          rich`Its keys would stand in a key log that the client or the server writes (SSLKEYLOGFILE), with the labels of TLS 1.3. Wireshark opens QUIC with such a file.`,
        ]);
      case 'ESP':
        return story('ESP (IPsec): a whole packet, encrypted', [
          rich`${ESP} between ${ends}. What is inside, TLS or not, cannot be seen, and no TLS key opens it.`,
          rich`Its keys are with the two ends of the tunnel (on Linux “ip xfrm state” shows them); Wireshark takes them as ESP SAs. Or capture behind an end of the tunnel, where the packets are in clear.`,
        ]);
      case 'WireGuard':
        return story('WireGuard: a whole packet, encrypted', [
          rich`${WIREGUARD} between ${ends}. What is inside, TLS or not, cannot be seen, and no TLS key opens it.`,
          rich`Its session keys are with the two programs alone. Capture on the tunnel’s own interface (often wg0), where the packets are in clear.`,
        ]);
      case 'ZRTP':
        return story('ZRTP: agrees on media keys', [
          rich`ZRTP makes the keys of an SRTP stream by Diffie-Hellman between the two ends (RFC 6189).`,
          rich`Nothing in a capture and no key file opens that media; only one of the two programs can record it.`,
        ]);
      case 'SSH':
        return story('SSH: encrypted, but not TLS', [
          rich`SSH has keys of its own making, and no TLS key opens it.`,
          rich`Only one of the two programs could give its keys; Sipher does not read them.`,
        ]);
      default:
        return IN_CLEAR.has(protocol)
          ? story(`${protocol} in clear`, [
              rich`This is ${protocol} without encryption: it is read as it is, and no key is needed.`,
            ])
          : null;
    }
  }

  private tellSecuredMedia(protocol: string, conversation: number): Story {
    const what = rich`This is ${SRTP}${protocol === 'SRTP' ? '' : ', here its control messages (SRTCP)'}. No TLS key opens it directly: its keys come from the signalling or from a handshake of its own.`;
    const { ends, keys } = this.readMedia();
    if (conversation >= 0 && (keys.dtlsProfileOf(conversation) ?? '') !== '')
      return story(`${protocol}: encrypted media`, [
        what,
        rich`The DTLS handshake of ${conversationLink(this.analysis.idOf(conversation))}, between the same ports, makes its keys (DTLS-SRTP). A key log of either end opens it; no private key does.`,
      ]);
    const known = conversation < 0 ? [] : this.endsOf(conversation, ends);
    const withKeys = known.filter(({ crypto }) => crypto.length > 0).map(({ frame }) => frame);
    const described = [...new Set(withKeys)].sort((a, b) => a - b);
    if (described.length > 0)
      return story(`${protocol}: encrypted media`, [
        what,
        rich`Its keys stand in ${described.length === 1 ? 'the session description' : 'the session descriptions'} (a=crypto) of ${listFrames(described)}, which can be read: Sipher opens the stream with them. The view of the call’s media and “sipher media” tell what became of it.`,
      ]);
    return story(`${protocol}: encrypted media`, [
      what,
      rich`The session description says that the media is encrypted, and gives no key that can be read here. It comes of a DTLS or ZRTP handshake between the same ports, or stands in a description that could not be read.`,
    ]);
  }

  /** Session descriptions may stand in connections that were not opened. */
  private tellLocked(): RichText {
    const locked = new Set<number>();
    for (const { conversation, opened } of this.analysis.opening.stretches) {
      if (opened === 0) locked.add(conversation);
      if (locked.size >= MOST_NAMED) break;
    }
    if (locked.size === 0) return [];
    const named = [...locked].flatMap((conversation, at) =>
      at === 0
        ? rich`${conversationLink(this.analysis.idOf(conversation))}`
        : rich`, ${conversationLink(this.analysis.idOf(conversation))}`,
    );
    return rich` But one may stand in what was not decrypted: ${named}. Open that first: it tells whether this is SRTP, and holds the keys if so.`;
  }

  private endsOf(conversation: number, descriptions: MediaDescriptions): MediaEnd[] {
    return ([0, 1] as const).flatMap((endpoint) => {
      const name = this.frames.endpointOf(conversation, endpoint);
      return [...descriptions.at(name), ...descriptions.controlAt(name)];
    });
  }

  private readMedia(): { readonly ends: MediaDescriptions; readonly keys: MediaKeys } {
    const { analysis } = this;
    if (this.media?.revision !== analysis.revision) {
      const ends = new MediaDescriptions(new MessageIndex(analysis));
      ends.advance(Infinity);
      this.media = { revision: analysis.revision, ends, keys: new MediaKeys(analysis, ends) };
    }
    return this.media;
  }
}

function story(title: string, [what, ...fixNow]: readonly RichText[]): Story {
  return { title, what: what ?? [], proof: [], fixNow, fixNext: [] };
}

function listFrames(frames: readonly number[]): RichText {
  return frames
    .slice(0, MOST_FRAMES)
    .flatMap((frame, at) => (at === 0 ? rich`${frameLink(frame)}` : rich`, ${frameLink(frame)}`));
}

const SRTP = term('SRTP', 'RTP whose sound or picture is encrypted (RFC 3711)');
const MEDIA = term('RTP', 'the packets that carry sound or pictures (RFC 3550)');
const CONTROL = term('RTCP', 'reports of how media arrived (RFC 3550)');
const QUIC = term('QUIC', 'a transport over UDP with TLS 1.3 built in (RFC 9000)');
const ESP = term('ESP', 'the encrypting part of IPsec, which VPN tunnels use (RFC 4303)');
const WIREGUARD = term('WireGuard', 'a VPN over UDP');
const IN_CLEAR: ReadonlySet<string> = new Set([
  'SIP',
  'HTTP',
  'HTTP/2',
  'MSRP',
  'WebSocket',
  'STUN',
  'SMTP',
  'IMAP',
  'POP3',
  'XMPP',
  'FTP',
  'DNS',
  'RTSP',
  'HEP3',
]);
const MOST_FRAMES = 4;
const MOST_NAMED = 3;
