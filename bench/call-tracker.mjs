/**
 * How long one thread takes to sort the messages of many calls into legs, to describe and to join them. Bundles the core
 * first. Times are of the processor.
 *
 *   node bench/call-tracker.mjs [CALLS]
 */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const calls = Number(process.argv[2] ?? 10_000);
const { CallTracker } = await bundle('call-tracker.ts');
const { describeLeg } = await bundle('describe-leg.ts');
const { joinLegs } = await bundle('join-legs.ts');

/** Each call goes over a proxy: every message stands twice. */
const SCRIPT = [
  ['INVITE', 1],
  ['100', 1],
  ['180', 1],
  ['200', 1],
  ['ACK', 1],
  ['BYE', 2],
  ['200', 2],
];
const encoder = new TextEncoder();
const messages = [];
for (let call = 0; call < calls; call++) {
  for (const [i, [say, cseq]] of SCRIPT.entries())
    for (const hop of [0, 1]) {
      const isResponse = /^\d/.test(say);
      const method = cseq === 2 ? 'BYE' : say === 'ACK' ? 'ACK' : 'INVITE';
      const text = [
        isResponse ? `SIP/2.0 ${say} OK` : `${say} sip:2${call}@pbx.example SIP/2.0`,
        `Via: SIP/2.0/TLS 192.0.2.${hop}:5061;branch=z9hG4bK${call}-${method}-${hop}`,
        'Max-Forwards: 70',
        `From: "Alice" <sip:1${call}@pbx.example>;tag=a${call}`,
        `To: <sip:2${call}@pbx.example>${say === 'INVITE' ? '' : `;tag=b${call}`}`,
        `Call-ID: ${call}-0f83b1c7a9@192.0.2.10`,
        `CSeq: ${cseq} ${method}`,
        `Contact: <sip:1${call}@192.0.2.10:42124;transport=tls>`,
        'User-Agent: Example Phone 4.2.1',
        'Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, MESSAGE, SUBSCRIBE, INFO',
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n');
      const ends = [
        ['192.0.2.10:42124', '192.0.2.1:5061'],
        ['192.0.2.1:5061', '192.0.2.20:5061'],
      ][hop];
      messages.push({
        bytes: encoder.encode(text),
        ends: isResponse ? ends.toReversed() : ends,
        at: call / 100 + i,
      });
    }
}

const tracker = new CallTracker();
const given = { conversation: 0, direction: 0, transport: 'TLS', decrypted: true, from: 0, nanoseconds: 0 };
measure(`add ${messages.length} messages`, messages.length, () => {
  for (const [i, { bytes, ends, at }] of messages.entries()) {
    given.message = given.frame = i;
    given.seconds = at;
    given.source = ends[0];
    given.destination = ends[1];
    given.bytes = bytes;
    given.to = bytes.length;
    tracker.add(given);
  }
});
measure(`describe ${tracker.legs.length} legs`, tracker.legs.length, () => {
  for (let leg = 0; leg < tracker.legs.length; leg++) describeLeg(tracker, leg);
});
measure('join legs', tracker.legs.length, () => joinLegs(tracker));

async function bundle(file) {
  const entry = fileURLToPath(new URL(`../core/app/calls/${file}`, import.meta.url));
  const [made] = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, target: 'es2023', lib: { entry, formats: ['es'] } },
  });
  return import(`data:text/javascript;base64,${Buffer.from(made.output[0].code).toString('base64')}`);
}

function measure(name, count, run) {
  const started = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(started);
  const seconds = (user + system) / 1e6;
  console.log(`${name}: ${(seconds * 1000).toFixed(0)} ms, ${(count / seconds / 1000).toFixed(0)} k/s`);
}
