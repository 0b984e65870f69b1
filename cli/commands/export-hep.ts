import {
  encodeHep,
  type ExportChoice,
  ipProtocolOf,
  type PageAnswers,
  planMessages,
} from '../../core/index.ts';
import { parseHepTarget, sendHep } from '../../core/node/send-hep.ts';

export interface HepExportOptions {
  readonly to: string;
  readonly redact?: boolean;
  readonly hepTransport: 'udp' | 'tcp';
  readonly hepId: number;
  readonly hepKey?: string;
}

/** `sipher export --as hep`: SIP, clear and decrypted, to a Homer or heplify-server. */
export async function runExportHep(
  answers: PageAnswers,
  choice: ExportChoice,
  options: HepExportOptions,
): Promise<number> {
  const target = parseHepTarget(options.to, options.hepTransport);
  if (target === null) {
    tell('--as hep sends: name the receiver as --to HOST:PORT.');
    return 1;
  }
  const plan = planMessages(answers, choice, options.redact === true);
  if (typeof plan === 'string') {
    tell(plan);
    return 1;
  }
  for (const sentence of plan.sentences) tell(sentence);
  let left = 0;
  const packets = function* (): Generator<Uint8Array> {
    for (const message of plan.messages) {
      const packet = encodeHep(message, {
        captureId: options.hepId,
        authKey: options.hepKey ?? null,
        protocolOf: (conversation) => ipProtocolOf(answers.analysis, conversation),
      });
      if (packet === null) left += 1;
      else yield packet;
    }
  };
  const { sent, tooLarge, problem } = await sendHep(packets(), target);
  tell(`${sent} ${sent === 1 ? 'message' : 'messages'} sent to ${options.to}.`);
  if (tooLarge > 0)
    tell(`${tooLarge} left out: larger than a datagram. --hep-transport tcp takes up to 64 KiB.`);
  if (left > 0) tell(`${left} left out: larger than a HEP packet can be, or without an address.`);
  if (problem === null) return 0;
  tell(problem);
  return 2;
}

function tell(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}
