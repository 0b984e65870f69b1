/**
 * The core's public surface for its hosts: what the command line and Electron may import beside the contract (api.ts,
 * transport.ts, verdict.ts) and core/node. Re-exports only; whatever a host needs more of is added here by name.
 */
export { Analysis } from './analysis/analysis.ts';
export { CallReporter } from './analysis/call-report.ts';
export { ConversationFindings } from './analysis/conversation-findings.ts';
export { findInCapture, findQuality } from './analysis/capture-findings.ts';
export { compareConversations } from './analysis/compare-conversations.ts';
export { groupNeeds, summariseCapture } from './analysis/capture-summary.ts';
export { judgeKeyRole } from './analysis/role-findings.ts';
export { PageAnswers } from './analysis/page-answers.ts';
export { timeHandshakes } from './analysis/timing-findings.ts';
export { ConversationReporter } from './analysis/conversation-report.ts';
export { FrameReporter } from './analysis/frame-report.ts';
export { MediaStreams } from './analysis/media-streams.ts';
export { MessageIndex } from './analysis/message-index.ts';
export { ExportSource } from './analysis/export-source.ts';
export { MessageLines } from './analysis/message-lines.ts';
export { WhyTeller } from './analysis/why-panel.ts';
export { plainText } from './diagnosis/rich-text.ts';
export { CLEAR_LINK_TYPES, clearFrames } from './export/clear-frames.ts';
export { countConfidences } from './export/count-confidences.ts';
export { writeKeyLog } from './export/key-log.ts';
export { writePcapng } from './export/pcapng.ts';
export { redact } from './export/redact.ts';
export { writeSipCsv } from './export/sip-csv.ts';
export { writeSipJson } from './export/sip-json.ts';
export { writeSipText } from './export/sip-text.ts';
export { KeyRing } from './keys/key-ring.ts';
