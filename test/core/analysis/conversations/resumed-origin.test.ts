import { describe, expect, test } from 'vitest';
import { groupNeeds, summariseCapture } from '../../../../core/analysis/capture/capture-summary.ts';
import { ConversationFindings } from '../../../../core/analysis/conversations/conversation-findings.ts';
import { originOf } from '../../../../core/analysis/conversations/resumed-origin.ts';
import { judgeKeyRole } from '../../../../core/analysis/conversations/role-findings.ts';
import { timeHandshakes } from '../../../../core/analysis/conversations/timing-findings.ts';
import { plainText } from '../../../../core/diagnosis/rich-text.ts';
import { openLab, type OpenedLab } from '../../../support/open-lab.ts';

describe('a session that is resumed', () => {
  test('needs what its full handshake needs, where that is in the capture', async () => {
    for (const id of ['03-resume-ticket-full', '03-resume-sid-full-noems']) {
      const opened = await openLab(id, []);
      const { analysis } = opened;
      const resumed = analysis.sessionOf(1)?.describingHandshake ?? null;
      expect(resumed?.resumed).not.toBeNull();
      const origin = originOf(analysis, resumed);
      expect(origin?.conversation).toBe(0);
      expect(origin?.handshake.serverCertificates.length).toBeGreaterThan(0);
      expect(summariseCapture(analysis, opened.conversations)).toMatch(
        /^3 TLS connections: 3 need the key of CN=sip\.lab\.example\.$/,
      );
      // Its advice names that certificate, which the resumed connection itself does not show.
      const why = opened.why.tellConversation(1);
      expect(plainText(why?.fixNow[0] ?? [])).toMatch(
        /^Load the private key of CN=sip\.lab\.example \(public key SHA-256/,
      );
      const findings = findingsOf(opened);
      expect(groupNeeds(findings)).toEqual([
        { need: 'the private key of CN=sip.lab.example', conversations: ['0', '1', '2'] },
      ]);
      expect(sentence(findings, 1, 'which-keys-can-work')).toMatch(
        /resumes the session of conversation 0 \(frame \d+\): what opens that one opens this one too\. The private key of CN=sip\.lab\.example/,
      );
      opened.set.close();
    }
  });

  test('names another capture where its full handshake is not here', async () => {
    const opened = await openLab('03-resume-ticket-nofull-noems', []);
    expect(originOf(opened.analysis, opened.analysis.sessionOf(0)?.describingHandshake ?? null)).toBeNull();
    expect(sentence(findingsOf(opened), 0, 'which-keys-can-work')).toMatch(
      /^This connection resumes an earlier session/,
    );
    opened.set.close();
  });

  test('is its own in a renegotiation', async () => {
    const opened = await openLab('10-renegotiation-server');
    expect(sentence(findingsOf(opened), 0, 'which-keys-can-work')).toMatch(
      /resumes the session of its own first handshake .*private key of CN=sip\.lab\.example/,
    );
    opened.set.close();
  });
});

describe('a key whose server is in the capture', () => {
  test('is told from one that belongs to nobody here, where the handshake was broken off', async () => {
    for (const [id, says] of [
      [
        '07-alert-expired-server-cert',
        /^In conversation 0 its host is the server, but nothing was encrypted there/,
      ],
      ['06-wrong-rsa-key', /^No certificate that can be read in this capture belongs to this key\.$/],
    ] as const) {
      const opened = await openLab(id);
      const [key] = opened.analysis.keys.privateKeys();
      const role = judgeKeyRole(findingsOf(opened), key?.handle.sha256OfPublicKey ?? '');
      expect(plainText(role.sentence)).toMatch(says);
      opened.set.close();
    }
  });
});

test('one connection is spoken of in the singular', async () => {
  const opened = await openLab('09-lost-clienthello-cbc', []);
  expect(summariseCapture(opened.analysis, opened.conversations)).toBe(
    '1 TLS connection: it lacks a part of its handshake.',
  );
  opened.set.close();
});

test('the longest wait of a handshake is one inside it', async () => {
  const opened = await openLab('07-mtls-ok');
  const [timing] = timeHandshakes(opened.analysis, 0);
  const hello = timing?.steps.findIndex((step) => step.label === 'Client Hello') ?? -1;
  const inside = (timing?.steps.slice(hello + 1) ?? []).map((step) => step.delay);
  const longest = Math.max(...inside);
  expect(longest).toBeLessThanOrEqual(timing?.duration ?? 0);
  const step = timing?.steps[hello + 1 + inside.indexOf(longest)];
  expect(plainText(timing?.sentence ?? [])).toContain(`before its ${step?.label} (frame ${step?.frame})`);
  opened.set.close();
});

function findingsOf(opened: OpenedLab): ConversationFindings {
  return new ConversationFindings(opened.analysis, opened.frames, opened.conversations, opened.messages);
}

function sentence(findings: ConversationFindings, conversation: number, id: string): string {
  return findings.findingsOf(conversation).find((finding) => finding.id === id)?.sentence ?? '';
}
