/**
 * Whether a phrase tells nothing of anybody: all of its words are the trade's own (the reason phrases of the SIP registry,
 * RFC 3261 §20.43's warnings, RFC 3398's and RFC 4411's terms). A word that is not known may be a name.
 */
export function isHarmlessPhrase(phrase: string): boolean {
  // A few digits count something; more of them may be a number in pieces.
  if (phrase.replace(/\D/g, '').length > MOST_DIGITS) return false;
  return (phrase.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).every(
    (word) => WORDS.has(word) || /^\d{1,2}$/.test(word),
  );
}

const MOST_DIGITS = 4;

const WORDS: ReadonlySet<string> = new Set(
  `a accept acceptable accepted access act address alert alg alias all allocated allowed already alternative
  ambiguous an and anonymity answer answered any anywhere at attempt attribute auth authentication authorization
  authorized available away bad bandwidth bearer been being body both branch busy but by byte bye call called caller
  cancel canceled cancelled cannot capability certificate change channel circuit clearing client code codec
  codecs completed completely conditional conference congestion connect connected connection consent content control
  could credentials current data declined decline delivery denied description destination destroyed details dialog
  dialing digest directly disallowed disconnected does doesn domain down duration early elsewhere elements encryption
  end ended endpoint entity error event every everywhere exchange exist exists expired expires extension
  facility fail failed failure feature few first flow for forbidden format forwarded found from fully gateway general
  global gone group had handshake has hash hangup header hold host identifier identity idle in inactivity
  incompatible incomplete indicator info information initial insufficient interaction internal interval
  interworking invalid invite invited is isup it join key large length less limit line location long loop lost
  malformed match maximum media message method minimum misdirected misrouted missing mobile monitoring moved
  multicast multiple needed negotiation network no node non none normal not notification number of ok offer on
  one only operation option or order out overload overlap parameter party pass payment peer permanently pending
  bundle picked pool port policy port precondition present preference privacy processing progress prohibited proposal
  protocol provide provided proxy queued ready reached reason received recording recovery redirect redirection
  refused register registered registrar registration rejected related remote reply report represented request requested
  require required reset resource resources response restart restricted resume retry ring ringing route same sdp
  security sent sequence server service session set setup shortly signaling sip small source spam specified state
  stale status still stopped stream subscriber subscription subsequent success successful supported switching
  syntax temporarily temporary terminated terminal the this ticket time timed timeout timer tls to token tone too
  transaction transfer transferred transport trunk trying type unable unacceptable unallocated unanswered unauthorized
  unavailable unassigned understood unexpected unit unknown unobtainable unplaced unreachable unregistered unspecified
  unsupported unsuitable unwanted update updated uri url use used user using validity value valid version via video voice
  was while with without wrong expectation lack passed asserted cause originator destination destinations
  transcoding bridge trace outbound max forwards forward hops many extended busyhere q sips ooddialog
  redirected upgrade trying again later ims emergency geolocation invalid referred referrer
  accessible audio t38 fax mode dtmf srtp rtp ice dtls crypto suite tag offline
  tcp udp sctp ws wss phone ip uac uas on yes off full true false calling unconditional follow me day do disturb
  optional critical id deactivated probation giveup noresource invariant utf us ascii iso ack options
  refer subscribe notify publish prack message tls sips active high normal urgent emergency 850 x p correlation
  100rel answermode eventlist explicitsub change sip gin gruu histinfo norefersub nosub precondition pref recipient
  list replaces priority anat sec agree siprec tdialog trickle uui application pidf xml text plain html image jpeg gif png
  sipfrag simple summary relay reginfo rlmi watcherinfo watcher multipart mixed related isup qsig json
  cpim check sync presence reg winfo kpml ua profile seize hold talk vnd 3gpp ussd plus as feature
  asserted associated preferred visited early headers charging vector function addresses privileged
  subject organization geolocation cid uuid your important us answering here is are has have asterisk freeswitch kamailio opensips cisco microsoft ms teams avaya genesys
  audiocodes ribbon oracle acme yealink snom polycom grandstream broadworks broadsoft hangupcause cause source dest
  direction timestamp min se max rack rseq require warning www authenticate allow events contact via cseq expires expiry
  language encoding disposition type length mime agent server date unsupported answer answermode priv called calls callid
  xcid leg external internal local remote ip addr`
    .split(/\s+/)
    .filter((word) => word !== ''),
);
