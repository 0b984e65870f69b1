/**
 * Whether what the program says of a capture agrees with itself, by the rules of the command line's contract: the
 * verdict of each frame against its records, the conversations' counts against the frames, the SIP list against both.
 */

/** @returns {string[]} one sentence for each contradiction */
export function inconsistenciesOf(frames, conversations, sip) {
  return [
    ...frames.flatMap((frame, i) => frameFaults(frame, i, frames)),
    ...conversations.flatMap((conversation) => conversationFaults(conversation, frames)),
    ...sipFaults(frames, sip),
  ];
}

function frameFaults(frame, index, frames) {
  const faults = [];
  const say = (what) => faults.push(`frame ${frame.frame}: ${what}`);
  if (frame.frame !== index + 1) say(`stands at row ${index + 1}`);
  const { records } = frame;
  const kinds = new Set(records.map(({ verdict }) => verdict));
  if (records.length > 0) {
    const wanted =
      kinds.has('opaque') && kinds.has('decrypted')
        ? 'partly-decrypted'
        : ['opaque', 'decrypted', 'clear'].find((kind) => kinds.has(kind));
    if (frame.verdict !== wanted) say(`is ${frame.verdict}, its records make it ${wanted}`);
    const last = records.at(-1);
    if (frame.state !== last.state) say(`state ${frame.state} is not its last record's ${last.state}`);
    if (frame.decoder !== last.decoder)
      say(`decoder ${frame.decoder} is not its last record's ${last.decoder}`);
  } else if (frame.state !== null || frame.decoder !== null) say('has a state without a record');
  for (const record of records) {
    if (record.frames.at(-1) !== frame.frame && Math.max(...record.frames) !== frame.frame)
      say(`has a record that ends in ${Math.max(...record.frames)}`);
    const opaque = record.verdict === 'opaque';
    if (opaque !== (record.cause !== null))
      say(`has a record that is ${record.verdict} with cause ${record.cause}`);
    if (record.verdict === 'decrypted' && record.decoder !== 'opened')
      say(`decrypted, but decoder ${record.decoder}`);
    if (record.verdict === 'decrypted' && typeof record.key !== 'string') say('decrypted without a key');
  }
  const opaque = frame.verdict === 'opaque' || frame.verdict === 'partly-decrypted';
  if (opaque !== (frame.cause !== null)) say(`is ${frame.verdict} with cause ${frame.cause}`);
  if (frame.verdict === 'awaiting') {
    const end = frame.completedIn;
    if (typeof end !== 'number') say('awaits, and does not say where it is completed');
    else if (end <= frame.frame || end > frames.length) say(`is completed in ${end}`);
  }
  if (frame.duplicateOf !== undefined && frame.duplicateOf !== null) {
    if (records.length > 0) say('repeats another, and has records');
    const original = frames[frame.duplicateOf - 1];
    if (original === undefined || frame.duplicateOf >= frame.frame) say(`repeats frame ${frame.duplicateOf}`);
    else if (original.verdict !== frame.verdict)
      say(`is ${frame.verdict}, what it repeats ${original.verdict}`);
  }
  if (frame.captured > frame.length) say('holds more than its length');
  return faults;
}

function conversationFaults(conversation, frames) {
  if (typeof conversation.conversation !== 'number') return [];
  const own = frames.filter((frame) => frame.conversation === conversation.conversation);
  const faults = [];
  const say = (what) => faults.push(`conversation ${conversation.conversation}: ${what}`);
  if (own.length !== conversation.frames)
    say(`counts ${conversation.frames} frames, the list has ${own.length}`);
  const count = { decrypted: 0, opaque: 0, clear: 0 };
  for (const frame of own) for (const { verdict } of frame.records) count[verdict]++;
  for (const [verdict, number] of Object.entries(count))
    if (conversation.records?.[verdict] !== number)
      say(`counts ${conversation.records?.[verdict]} records ${verdict}, the frames have ${number}`);
  if (
    own.length > 0 &&
    (own[0].frame !== conversation.firstFrame || own.at(-1).frame !== conversation.lastFrame)
  )
    say(`goes from ${conversation.firstFrame} to ${conversation.lastFrame}, its frames do not`);
  if (count.opaque > 0 && conversation.cause === null && conversation.verdict !== 'handshake-failed')
    say('has opaque records and no cause');
  return faults;
}

function sipFaults(frames, sip) {
  const inFrames = frames.reduce((sum, frame) => sum + frame.sip.length, 0);
  const faults =
    inFrames === sip.length ? [] : [`the frames hold ${inFrames} SIP messages, the list ${sip.length}`];
  let last = 0;
  for (const message of sip) {
    if (message.frame < last) faults.push(`SIP of frame ${message.frame} stands behind that of ${last}`);
    last = message.frame;
    const frame = frames[message.frame - 1];
    const readable = frame?.verdict === 'decrypted' || frame?.verdict === 'partly-decrypted';
    if (message.decrypted && !readable)
      faults.push(`frame ${message.frame}: SIP out of TLS, but ${frame?.verdict}`);
  }
  return faults;
}
