import type { RichText, WhyPanel } from '../../api.ts';
import { rich } from '../../diagnosis/rich-text.ts';
import { CLIENT, describeSecretSource, type Handshake, SERVER } from '../../tls/handshake.ts';
import { isTls13 } from '../../tls/tables/versions.ts';
import type { Analysis } from '../analysis.ts';

/** What decryption needs, step by step from the hellos to a check that fits, and which of it is there. */
export function tellChecklist(
  analysis: Analysis,
  conversation: number,
  handshake: Handshake | null,
  record: number | null,
): WhyPanel['checklist'] {
  const items: WhyPanel['checklist'][number][] = [];
  const none = rich``;
  const add = (
    item: string,
    frame: number | null | undefined,
    missing: RichText,
    status?: 'not-needed' | 'unknown',
    note: RichText = none,
  ): void => {
    const present = frame !== null && frame !== undefined && frame > 0;
    items.push({
      item,
      status: status ?? (present ? 'present' : 'missing'),
      frame: present ? frame : null,
      note: present || status !== undefined ? note : missing,
    });
  };
  const notSeen = rich`not in the capture`;
  const tls13 = handshake !== null && isTls13(handshake.version);
  const resumed = handshake?.resumed === 'session-id' || handshake?.resumed === 'ticket';
  add('Client Hello', handshake?.clientHello?.frame, notSeen);
  add('Server Hello', handshake?.serverHello?.frame, notSeen);
  if (resumed) add('Certificate', null, none, 'not-needed', rich`an earlier session is resumed`);
  else if (tls13 && handshake.serverCertificate === null)
    add('Certificate', null, none, 'unknown', rich`encrypted in TLS 1.3`);
  else add('Certificate', handshake?.serverCertificate?.frame, notSeen);
  const source = handshake?.keySource ?? epochSource(analysis, conversation);
  items.push({
    item: 'Key found',
    status: source === null ? 'missing' : 'present',
    frame: null,
    note: source === null ? rich`no loaded key fits` : rich`${describeSecretSource(source)}`,
  });
  if (tls13 || resumed) add('Client Key Exchange', null, none, 'not-needed');
  else add('Client Key Exchange', handshake?.clientKeyExchange?.frame, notSeen);
  const stretch = record === null ? null : analysis.stretchOf(record);
  const derived = (stretch?.epoch ?? null) !== null || (record === null && source !== null);
  items.push({
    item: 'Key block',
    status: derived ? 'present' : 'missing',
    frame: null,
    note: derived ? none : rich`cannot be made without the secret`,
  });
  if (tls13) add('Change Cipher Spec', null, none, 'not-needed');
  else
    add(
      'Change Cipher Spec',
      handshake?.changeCipherSpec[CLIENT] === 0
        ? handshake.changeCipherSpec[SERVER]
        : handshake?.changeCipherSpec[CLIENT],
      notSeen,
    );
  add(
    'Finished',
    handshake?.finished[CLIENT] === 0 ? handshake.finished[SERVER] : handshake?.finished[CLIENT],
    notSeen,
  );
  const opened = (stretch?.opened ?? handshake?.opened ?? 0) > 0;
  const failed = (stretch?.failed ?? handshake?.failed ?? 0) > 0;
  items.push({
    item: 'MAC or tag',
    status: opened ? 'present' : failed ? 'missing' : 'unknown',
    frame: null,
    note: opened
      ? rich`records of this stretch pass their check`
      : failed
        ? rich`no record passes its check`
        : rich`nothing was tried`,
  });
  return items;
}

function epochSource(analysis: Analysis, conversation: number): Handshake['keySource'] {
  for (const stretch of analysis.opening.stretches)
    if (stretch.conversation === conversation && stretch.epoch !== null && stretch.opened > 0)
      return stretch.epoch.source;
  return null;
}
