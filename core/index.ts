/**
 * The core's public surface for its hosts: what the command line and Electron may import beside the contract (api.ts,
 * transport.ts, verdict.ts) and core/node. Re-exports only; whatever a host needs more of is added here by name.
 */
export { Analysis } from './analysis/analysis.ts';
export { CallReporter } from './analysis/call-report.ts';
export { ConversationFindings } from './analysis/conversation-findings.ts';
export { findInCapture, findQuality } from './analysis/capture-findings.ts';
export { compareConversations } from './analysis/compare-conversations.ts';
export { tellDebugLog } from './analysis/debug-log.ts';
export { groupNeeds, summariseCapture } from './analysis/capture-summary.ts';
export { judgeKeyRole } from './analysis/role-findings.ts';
export { PageAnswers } from './analysis/page-answers.ts';
export { timeHandshakes } from './analysis/timing-findings.ts';
export { ConversationReporter } from './analysis/conversation-report.ts';
export { everyConversation } from './analysis/inner-tls.ts';
export { FrameReporter } from './analysis/frame-report.ts';
export { MediaStreams } from './analysis/media-streams.ts';
export { MessageIndex } from './analysis/message-index.ts';
export { writeQuotedText } from './analysis/message-lines.ts';
export { MessageTexts } from './analysis/message-texts.ts';
export { MessageStream } from './analysis/message-stream.ts';
export type { LineOutput } from './analysis/message-lane.ts';
export type { SipSink } from './analysis/sip-sink.ts';
export { ipProtocolOf, planExport, planMessages } from './analysis/export-plan.ts';
export type { ExportChoice } from './analysis/export-selection.ts';
export { WhyTeller } from './analysis/why-panel.ts';
export { plainText } from './diagnosis/rich-text.ts';
export { encodeHep } from './export/hep.ts';
export { KeyRing } from './keys/key-ring.ts';
