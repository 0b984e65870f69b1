import type { RichText, WhyPanel } from '../../api.ts';
import { rich } from '../../diagnosis/rich-text.ts';
import { tellSecretSource } from '../../diagnosis/secret-source.ts';
import { CLIENT, type Handshake, SERVER } from '../../tls/handshake.ts';
import { isTls13 } from '../../tls/tables/versions.ts';
import type { Analysis } from '../analysis.ts';

type Item = WhyPanel['checklist'][number];

/** What decryption needs, step by step from the hellos to a check that fits, and which of it is there. */
export function tellChecklist(
  analysis: Analysis,
  conversation: number,
  handshake: Handshake | null,
  record: number | null,
): readonly Item[] {
  const tls13 = handshake !== null && isTls13(handshake.version);
  const resumed = handshake?.resumed === 'session-id' || handshake?.resumed === 'ticket';
  const source = handshake?.keySource ?? epochSource(analysis, conversation);
  const stretch = record === null ? null : analysis.stretchOf(record);
  // A record in clear belongs to no stretch: of it, it is asked whether the connection's keys could be made at all.
  const derived = stretch === null ? source !== null : stretch.epoch !== null;
  return [
    inFrame('Client Hello', handshake?.clientHello?.frame),
    inFrame('Server Hello', handshake?.serverHello?.frame),
    certificate(handshake, tls13, resumed),
    {
      item: 'Key found',
      status: source === null ? 'missing' : 'present',
      frame: null,
      note:
        source === null
          ? analysis.keys.isEmpty
            ? rich`no key is loaded`
            : rich`no loaded key fits`
          : tellSecretSource(source, (of) => analysis.idOf(of)),
    },
    tls13 || resumed
      ? without('Client Key Exchange', 'not-needed')
      : inFrame('Client Key Exchange', handshake?.clientKeyExchange?.frame),
    {
      item: 'Key block',
      status: derived ? 'present' : 'missing',
      frame: null,
      note: derived ? rich`` : rich`cannot be made without the secret`,
    },
    tls13
      ? without('Change Cipher Spec', 'not-needed')
      : inFrame(
          'Change Cipher Spec',
          handshake?.changeCipherSpec[CLIENT] || handshake?.changeCipherSpec[SERVER],
        ),
    finished(handshake, tls13),
    check((stretch?.opened ?? handshake?.opened ?? 0) > 0, (stretch?.failed ?? handshake?.failed ?? 0) > 0),
  ];
}

/** What is in the capture where it has a frame. */
function inFrame(item: string, frame: number | null | undefined): Item {
  const present = frame !== null && frame !== undefined && frame > 0;
  return {
    item,
    status: present ? 'present' : 'missing',
    frame: present ? frame : null,
    note: present ? rich`` : rich`not in the capture`,
  };
}

function without(item: string, status: 'not-needed' | 'unknown', note: RichText = rich``): Item {
  return { item, status, frame: null, note };
}

function finished(handshake: Handshake | null, tls13: boolean): Item {
  const frame = handshake?.finished[CLIENT] || handshake?.finished[SERVER];
  if (tls13 && !frame) return without('Finished', 'unknown', rich`encrypted in TLS 1.3`);
  return inFrame('Finished', frame);
}

function certificate(handshake: Handshake | null, tls13: boolean, resumed: boolean): Item {
  if (resumed) return without('Certificate', 'not-needed', rich`an earlier session is resumed`);
  if (handshake?.suite?.keyExchange.match(/^(psk|dhe-psk|ecdhe-psk|.*anon|srp|ecjpake|eccpwd)$/) != null)
    return without('Certificate', 'not-needed', rich`this suite has none`);
  if (tls13 && handshake?.serverCertificate === null)
    return without('Certificate', 'unknown', rich`encrypted in TLS 1.3`);
  return inFrame('Certificate', handshake?.serverCertificate?.frame);
}

function check(opened: boolean, failed: boolean): Item {
  const item = 'MAC or tag';
  if (opened)
    return { item, status: 'present', frame: null, note: rich`records of this stretch pass their check` };
  if (failed) return { item, status: 'missing', frame: null, note: rich`no record passes its check` };
  return without(item, 'unknown', rich`nothing was tried`);
}

function epochSource(analysis: Analysis, conversation: number): Handshake['keySource'] {
  for (const stretch of analysis.opening.stretches)
    if (stretch.conversation === conversation && stretch.epoch !== null && stretch.opened > 0)
      return stretch.epoch.source;
  return null;
}
