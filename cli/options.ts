import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { FRAME_VERDICTS, type FrameVerdictId } from '../core/verdict.ts';
import type { KeySources } from '../core/node/host/analysis-host.ts';

/** Options that every command which reads a capture has, as commander parses them. */
export interface KeyOptions {
  readonly key: string[];
  readonly password: string[];
  readonly passwordFile: string[];
  readonly keylog: string[];
  readonly psk: string[];
}

/** Adds the options for keys to a command. */
export function withKeyOptions(command: Command): Command {
  return command
    .option('--key <file>', 'private key: PEM, DER or PFX (repeatable)', collect, [])
    .option(
      '--password <text>',
      'password for locked key files (repeatable; SIPHER_PASSWORD too)',
      collect,
      [],
    )
    .option('--password-file <file>', 'file whose first line is a password (repeatable)', collect, [])
    .option('--keylog <file>', 'TLS key log (SSLKEYLOGFILE; repeatable)', collect, [])
    .option('--psk <[identity=]hex>', 'pre-shared key (repeatable)', collect, []);
}

/** What the options mean; a sentence where a password file cannot be read. */
export function keySourcesOf(options: KeyOptions): KeySources | string {
  const passwords = [...options.password];
  for (const file of options.passwordFile) {
    try {
      passwords.push((readFileSync(file, 'utf8').split(/\r?\n/)[0] ?? '').replace(/^\uFEFF/, ''));
    } catch {
      return `The password file ${file} cannot be read.`;
    }
  }
  const fromEnvironment = process.env['SIPHER_PASSWORD'];
  if (fromEnvironment !== undefined && fromEnvironment !== '') passwords.push(fromEnvironment);
  return { keyFiles: options.key, passwords, keylogs: options.keylog, psks: options.psk };
}

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

export function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65_535) throw new InvalidArgumentError('A port is at most 65535.');
  return port;
}

/** "12", or "12.1" for the first conversation inside conversation 12. */
export function conversationId(text: string): string {
  if (!/^\d+(\.\d+)*$/.test(text)) throw new InvalidArgumentError('It must be a number such as 12, or 12.1.');
  return text.replace(/\b0+(?=\d)/g, '');
}

/** An option that may be given several times. */
export function wholeNumbers(text: string, before: number[]): number[] {
  return [...before, wholeNumber(text)];
}

/** "3,5". */
export function twoNumbers(text: string): [number, number] {
  const [left, right, ...more] = text.split(',').map((part) => wholeNumber(part.trim()));
  if (left === undefined || right === undefined || more.length > 0)
    throw new InvalidArgumentError('It must be two numbers with a comma between them.');
  return [left, right];
}

/** A verdict, which may be given several times. */
export function verdicts(text: string, before: FrameVerdictId[]): FrameVerdictId[] {
  const verdict = FRAME_VERDICTS.find((known) => known === text);
  if (verdict === undefined) throw new InvalidArgumentError(`There are ${FRAME_VERDICTS.join(', ')}.`);
  return [...before, verdict];
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}
