import { Command, CommanderError, Option } from 'commander';
import { FRAME_VERDICTS } from '../core/verdict.ts';
import packageJson from '../package.json' with { type: 'json' };
import type { CallsOptions } from './commands/calls.ts';
import type { CompareOptions } from './commands/compare.ts';
import type { ConversationsOptions } from './commands/conversations.ts';
import type { ExplainOptions } from './commands/explain.ts';
import { EXPORT_KINDS } from './commands/export-kinds.ts';
import type { ExportOptions } from './commands/export.ts';
import type { FramesOptions } from './commands/frames.ts';
import type { KeysOptions } from './commands/keys.ts';
import type { MediaOptions } from './commands/media.ts';
import type { SipOptions } from './commands/sip.ts';
import { startOpeners } from './early-openers.ts';
import {
  conversationId,
  type KeyOptions,
  keySourcesOf,
  portNumber,
  twoNumbers,
  verdicts,
  wholeNumber,
  wholeNumbers,
  withKeyOptions,
} from './options.ts';
import { OutputError } from './output.ts';

// A command's code is loaded when it is run: what it does not need would cost every start.

/** Exit codes of the contract. */
const WRONG_USAGE = 1;
const UNREADABLE = 2;
const INTERNAL = 3;
/** What heplify takes where nobody says otherwise. */
const DEFAULT_HEP_ID = 2001;

function buildProgram(finish: (code: number) => void): Command {
  const program = new Command('sipher')
    .description('Opens captures of encrypted telephony, and says why what stays encrypted stays encrypted.')
    .version(packageJson.version)
    .exitOverride()
    .showHelpAfterError('(sipher --help shows what there is)');
  const command = (name: string, description: string): Command =>
    withKeyOptions(program.command(name).description(description)).exitOverride();

  command('open [captures...]', 'the desktop app (falls back to the browser host, saying why)')
    .option('--port <number>', 'port of the browser host', portNumber)
    .action(async (captures: string[], options: KeyOptions & { port?: number }) => {
      const { runOpen } = await import('./command-open.ts');
      finish(
        await withSources(captures, options, (keys) => runOpen({ captures, ...keys, port: options.port })),
      );
    });
  command('serve [captures...]', 'the browser host on 127.0.0.1; prints its URL')
    .option('--port <number>', 'port', portNumber)
    .action(async (captures: string[], options: KeyOptions & { port?: number }) => {
      const { runServe } = await import('./command-serve.ts');
      finish(
        await withSources(captures, options, (keys) => runServe({ captures, ...keys, port: options.port })),
      );
    });
  command('frames <captures...>', 'one line per frame')
    .option('--json', 'newline-delimited JSON')
    .option('--plaintext', 'with --json: the plaintext of decrypted records, base64')
    .action(async (captures: string[], options: FramesOptions) => {
      startOpeners(captures);
      const { runFrames } = await import('./commands/frames.ts');
      finish(await runFrames(captures, options));
    });
  command('conversations <captures...>', 'one line per conversation, its verdict and findings')
    .option('--json', 'newline-delimited JSON')
    .action(async (captures: string[], options: ConversationsOptions) => {
      const { runConversations } = await import('./commands/conversations.ts');
      finish(await runConversations(captures, options));
    });
  command('sip <captures...>', 'one line per SIP message, clear or decrypted, in order')
    .option('--json', 'newline-delimited JSON')
    .option('--text', 'whole messages')
    .action(async (captures: string[], options: SipOptions) => {
      startOpeners(captures);
      const { runSip } = await import('./commands/sip.ts');
      finish(await runSip(captures, options));
    });
  command('explain <captures...>', 'the full story of one frame or conversation in prose')
    .option('--frame <number>', 'frame number', wholeNumber)
    .option('--conversation <number>', 'conversation number (12.1: inside 12)', conversationId)
    .option('--debug-log', 'records and decoders in the terms of Wireshark’s TLS debug log')
    .option('--json', 'the same as JSON')
    .action(async (captures: string[], options: ExplainOptions) => {
      const { runExplain } = await import('./commands/explain.ts');
      finish(await runExplain(captures, options));
    });
  command('compare <captures...>', 'two conversations fact by fact: what differs, and what of it can matter')
    .option('--conversation <number>', 'conversation number (12.1: inside 12)', conversationId)
    .option('--with <number>', 'the other conversation', conversationId)
    .option('--with-capture <file>', 'the capture that holds the other one')
    .option('--all', 'what is the same, too')
    .option('--json', 'the same as JSON')
    .action(async (captures: string[], options: CompareOptions) => {
      const { runCompare } = await import('./commands/compare.ts');
      finish(await runCompare(captures, options));
    });
  command('calls <captures...>', 'one line per call, its legs across servers joined')
    .option('--json', 'newline-delimited JSON')
    .option('--all', 'registrations and other dialogs too')
    .option('--ladder <call-id>', 'the messages of one call, between its hosts in order of time')
    .action(async (captures: string[], options: CallsOptions) => {
      const { runCalls } = await import('./commands/calls.ts');
      finish(await runCalls(captures, options));
    });
  command('media <captures...>', 'one line per RTP stream: loss, jitter, and how SRTP was opened or why not')
    .option('--json', 'newline-delimited JSON')
    .option('--wav <folder>', 'write the audio of the streams that can be played there')
    .action(async (captures: string[], options: MediaOptions) => {
      const { runMedia } = await import('./commands/media.ts');
      finish(await runMedia(captures, options));
    });
  command('export <captures...>', 'evidence to hand over, never with a private key in it')
    .addOption(new Option('--as <kind>', 'what to write').choices(EXPORT_KINDS).makeOptionMandatory(true))
    .requiredOption(
      '--to <file>',
      'where to write it, - for standard output; with --as hep the receiver, HOST:PORT',
    )
    .option('--conversation <number>', 'only this conversation (repeatable)', wholeNumbers, [])
    .option('--call <call-id>', 'only this call: its legs, their connections, its media')
    .option('--filter <text>', 'only what has this text in it')
    .addOption(
      new Option(
        '--verdict <verdict>',
        `only frames with this verdict (repeatable): ${FRAME_VERDICTS.join(', ')}`,
      )
        .argParser(verdicts)
        .default([]),
    )
    .option('--compare <a,b>', 'in the report: hold two conversations against each other', twoNumbers)
    .option('--redact', 'with names, numbers, addresses, credentials and keys replaced')
    .option('--force', 'replace the file where it is there')
    .addOption(
      new Option('--hep-transport <protocol>', 'how HEP goes').choices(['udp', 'tcp']).default('udp'),
    )
    .option('--hep-id <number>', 'capture agent id in HEP', wholeNumber, DEFAULT_HEP_ID)
    .option('--hep-key <text>', 'authenticate key in HEP, where the receiver wants one')
    .action(async (captures: string[], options: ExportOptions) => {
      const { runExport } = await import('./commands/export.ts');
      finish(await runExport(captures, options));
    });
  command('keys [files...]', 'what each key file is')
    .option('--json', 'newline-delimited JSON')
    .action(async (files: string[], options: KeysOptions) => {
      const { runKeys } = await import('./commands/keys.ts');
      finish(runKeys(files, options));
    });
  return program;
}

async function withSources(
  captures: readonly string[],
  options: KeyOptions,
  run: (keys: Exclude<ReturnType<typeof keySourcesOf>, string>) => Promise<number>,
): Promise<number> {
  const sources = keySourcesOf(options);
  const { whyUnreadable } = await import('./readable-files.ts');
  const problem = typeof sources === 'string' ? sources : whyUnreadable(captures, sources);
  if (typeof sources !== 'string' && problem === null) return run(sources);
  process.stderr.write(`${problem}\n`);
  return UNREADABLE;
}

async function main(): Promise<number> {
  let code = 0;
  const program = buildProgram((result) => {
    code = result;
  });
  try {
    await program.parseAsync(process.argv);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
    if (error instanceof OutputError) {
      process.stderr.write(`${error.message}\n`);
      return INTERNAL;
    }
    // Never a message with contents: it might hold bytes of a capture or a key.
    const name = error instanceof Error ? error.name : 'error';
    const place = error instanceof Error ? (error.stack?.split('\n')[1]?.trim() ?? '') : '';
    process.stderr.write(
      `Sipher met a fault of its own (${name} ${place}). Please report it with this line.\n`,
    );
    if (process.env['SIPHER_DEBUG'] !== undefined)
      process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
    return INTERNAL;
  }
}

// Whoever reads may go away (`| head`): then there is nobody left to write to, and nothing to complain about.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit());
process.exitCode = await main();
