/**
 * How many SIP messages one thread cuts out of a byte stream in a second of processor time, for chunks of one message, of
 * many, and of 512 and 40 bytes (every message over several chunks). Bundles the core's reader first.
 *
 *   node bench/sip-parser.mjs
 */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const entry = fileURLToPath(new URL('../core/app/app-stream.ts', import.meta.url));
const [bundle] = await build({
  configFile: false,
  logLevel: 'error',
  build: { write: false, minify: false, target: 'es2023', lib: { entry, formats: ['es'] } },
});
const code = Buffer.from(bundle.output[0].code).toString('base64');
const { createAppStream } = await import(`data:text/javascript;base64,${code}`);

const SDP = [
  'v=0',
  'o=alice 2890844526 2890844526 IN IP4 192.0.2.10',
  's=-',
  'c=IN IP4 192.0.2.10',
  't=0 0',
  'm=audio 49172 RTP/AVP 0 8 101',
  'a=rtpmap:0 PCMU/8000',
  'a=sendrecv',
  '',
].join('\r\n');

const MESSAGE = [
  'INVITE sip:1002@pbx.example:5061;transport=tls SIP/2.0',
  'Via: SIP/2.0/TLS 192.0.2.10:42124;branch=z9hG4bK-524287-1---d5a8c6b2f0d7a1e3;rport',
  'Max-Forwards: 70',
  'Contact: <sip:1001@192.0.2.10:42124;transport=tls>',
  'To: "Bob" <sip:1002@pbx.example>',
  'From: "Alice" <sip:1001@pbx.example>;tag=a73kszlfl',
  'Call-ID: 1j9FpLxk3uxtm8tn@192.0.2.10',
  'CSeq: 1 INVITE',
  'Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, MESSAGE, SUBSCRIBE, INFO',
  'Content-Type: application/sdp',
  'User-Agent: Example Phone 4.2.1',
  `Content-Length: ${SDP.length}`,
  '',
  SDP,
].join('\r\n');

const bytes = new TextEncoder().encode(MESSAGE);
const TOTAL = 1_000_000;

function measure(name, messagesInChunk, pieces) {
  const chunk = new Uint8Array(bytes.length * messagesInChunk);
  for (let i = 0; i < messagesInChunk; i++) chunk.set(bytes, i * bytes.length);
  let count = 0;
  const sink = {
    sip: (message) => {
      count += message.callIdFrom > 0 ? 1 : 0;
    },
    other: () => {
      throw new Error('unexpected');
    },
    protocol: () => undefined,
  };
  let best = 0;
  for (let round = 0; round < 3; round++) {
    const stream = createAppStream(sink, 'stream');
    count = 0;
    let unit = 0;
    const started = process.cpuUsage();
    while (count < TOTAL) {
      if (pieces === 0) stream.chunk(0, chunk, 0, chunk.length, unit, unit);
      else
        for (let at = 0; at < chunk.length; at += pieces, unit++)
          stream.chunk(0, chunk, at, Math.min(at + pieces, chunk.length), unit, unit);
      unit++;
    }
    const { user, system } = process.cpuUsage(started);
    best = Math.max(best, count / ((user + system) / 1000));
  }
  const mega = (best * bytes.length) / 1000;
  console.log(
    `${name}: ${(best / 1000).toFixed(2)} M messages/s of ${bytes.length} bytes, ${mega.toFixed(0)} MB/s`,
  );
}

measure('one message a chunk', 1, 0);
measure('64 messages a chunk', 64, 0);
measure('chunks of 512 bytes', 64, 512);
measure('chunks of 40 bytes', 64, 40);
