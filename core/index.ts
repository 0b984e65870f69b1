/**
 * The core's public surface for its hosts: what the command line and Electron may import beside the contract (api.ts,
 * transport.ts, verdict.ts) and core/node. Re-exports only; whatever a host needs more of is added here by name.
 */
export { Analysis } from './analysis/analysis.ts';
export { CallReporter } from './analysis/calls/call-report.ts';
export { ConversationFindings } from './analysis/conversations/conversation-findings.ts';
export { findQuality } from './analysis/capture/capture-findings.ts';
export {
  type ComparedConversation,
  compareConversations,
} from './analysis/conversations/compare-conversations.ts';
export { tellDebugLog } from './analysis/conversations/debug-log.ts';
export { groupNeeds, summariseCapture } from './analysis/capture/capture-summary.ts';
export { judgeKeyRole } from './analysis/conversations/role-findings.ts';
export { PageAnswers } from './analysis/page-answers.ts';
export { timeHandshakes } from './analysis/conversations/timing-findings.ts';
export { ConversationReporter } from './analysis/conversations/conversation-report.ts';
export { everyConversation } from './analysis/every-conversation.ts';
export { FrameReporter } from './analysis/frames/frame-report.ts';
export { MediaStreams } from './analysis/media/media-streams.ts';
export { MessageIndex } from './analysis/messages/message-index.ts';
export { writeQuotedText } from './analysis/messages/line-bytes.ts';
export { MessageTexts } from './analysis/messages/message-texts.ts';
export { MessageStream } from './analysis/messages/message-stream.ts';
export type { LineOutput } from './analysis/messages/message-lane.ts';
export type { SipSink } from './analysis/messages/sip-sink.ts';
export { ipProtocolOf, planExport, planMessages } from './analysis/export/export-plan.ts';
export type { ExportChoice } from './analysis/export/export-selection.ts';
export { plainText } from './diagnosis/rich-text.ts';
export { encodeHep } from './export/hep.ts';
export { KeyRing } from './keys/key-ring.ts';
