import { createCalls, type CallsStore } from './calls.ts';
import { createConversations, type ConversationsStore } from './conversations.ts';
import { createDialogs, type DialogsStore } from './dialogs.ts';
import { createExporting, type ExportingStore } from './export.ts';
import { createFindings, type FindingsStore } from './findings.ts';
import { createFrames, type FramesStore } from './frames.ts';
import { createKeys, type KeysStore } from './keys.ts';
import { createLayout, type LayoutStore } from './layout.ts';
import { createMedia, type MediaStore } from './media.ts';
import type { PageApi } from './page-api.ts';
import { createSession, type SessionStore } from './session.ts';
import { createSipMessages, type SipMessagesStore } from './sip-messages.ts';
import { createSipStatistics, type SipStatisticsStore } from './sip-statistics.ts';

/** All that the page knows. One store for each area; the areas know each other through the session only. */
export interface AppModel {
  readonly api: PageApi;
  readonly session: SessionStore;
  readonly calls: CallsStore;
  readonly registrations: DialogsStore;
  readonly dialogs: DialogsStore;
  readonly media: MediaStore;
  readonly statistics: SipStatisticsStore;
  readonly frames: FramesStore;
  readonly conversations: ConversationsStore;
  readonly sip: SipMessagesStore;
  readonly findings: FindingsStore;
  readonly keys: KeysStore;
  readonly exporting: ExportingStore;
  readonly layout: LayoutStore;
}

export function createAppModel(
  api: PageApi,
  host: { readonly storage: Storage | null; readonly prefersDark: () => boolean },
): AppModel {
  const session = createSession(api);
  const calls = createCalls(api, session);
  const frames = createFrames(api, session);
  const conversations = createConversations(api, session);
  return {
    api,
    session,
    calls,
    registrations: createDialogs(api, session, 'registration'),
    dialogs: createDialogs(api, session, ''),
    media: createMedia(api, session),
    statistics: createSipStatistics(api, session),
    frames,
    conversations,
    sip: createSipMessages(api, session),
    findings: createFindings(api, session),
    keys: createKeys(api, session),
    exporting: createExporting(api, session, { frames, calls, conversations }),
    layout: createLayout(host.storage, host.prefersDark),
  };
}
