import { createContext, use } from 'react';
import { useStore } from 'zustand';
import type { AppModel } from '../model/app-model.ts';
import type { CallsState } from '../model/calls.ts';
import type { ConversationsState } from '../model/conversations.ts';
import type { FindingsState } from '../model/findings.ts';
import type { FramesState } from '../model/frames.ts';
import type { KeysState } from '../model/keys.ts';
import type { LayoutState } from '../model/layout.ts';
import type { MediaState } from '../model/media.ts';
import type { SessionState } from '../model/session.ts';
import type { SipMessagesState } from '../model/sip-messages.ts';
import type { SipStatisticsState } from '../model/sip-statistics.ts';

/** The model that every view reads. */
export const AppContext = createContext<AppModel | null>(null);

export function useApp(): AppModel {
  const model = use(AppContext);
  if (model === null) throw new Error('There is no AppContext above this component');
  return model;
}

export function useSession<T>(select: (state: SessionState) => T): T {
  return useStore(useApp().session, select);
}

export function useCalls<T>(select: (state: CallsState) => T): T {
  return useStore(useApp().calls, select);
}

export function useMedia<T>(select: (state: MediaState) => T): T {
  return useStore(useApp().media, select);
}

export function useStatistics<T>(select: (state: SipStatisticsState) => T): T {
  return useStore(useApp().statistics, select);
}

export function useFrames<T>(select: (state: FramesState) => T): T {
  return useStore(useApp().frames, select);
}

export function useConversations<T>(select: (state: ConversationsState) => T): T {
  return useStore(useApp().conversations, select);
}

export function useSip<T>(select: (state: SipMessagesState) => T): T {
  return useStore(useApp().sip, select);
}

export function useFindings<T>(select: (state: FindingsState) => T): T {
  return useStore(useApp().findings, select);
}

export function useKeys<T>(select: (state: KeysState) => T): T {
  return useStore(useApp().keys, select);
}

export function useLayout<T>(select: (state: LayoutState) => T): T {
  return useStore(useApp().layout, select);
}
