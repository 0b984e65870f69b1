/** A compiled kernel with its memory. */
import { parseBase64 } from '../../bytes/base64.ts';

/** As much of WebAssembly as is needed here; every host has it, not every tsconfig of ours declares it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports?: object) => { readonly exports: Record<string, unknown> };
  readonly Memory: new () => WasmMemory;
};

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

export interface KernelModule {
  /** The kernel's whole memory; another array once `reserve` had to grow it. */
  bytes: Uint8Array;
  /** A function of the kernel: numbers in, a number out. */
  call(name: string): KernelFunction;
  /** The functions of another kernel, which works in this one's memory; null where the host cannot run it. */
  join(base64: string): KernelCalls | null;
  /** Makes the memory at least so many bytes long. What is in it stays. */
  reserve(bytes: number): void;
}

export type KernelFunction = (...numbers: number[]) => number;
export type KernelCalls = (name: string) => KernelFunction;

/** null where the host has no WebAssembly or not this much of it (SIMD). */
export function loadKernel(base64: string): KernelModule | null {
  const exports = instantiate(base64);
  const memory = exports?.['memory'];
  if (exports === null || !(memory instanceof WebAssembly.Memory)) return null;
  const kernel: KernelModule = {
    bytes: new Uint8Array(memory.buffer),
    call: callsOf(exports),
    join(other) {
      const joined = instantiate(other, { env: { memory } });
      return joined === null ? null : callsOf(joined);
    },
    reserve(bytes) {
      if (bytes <= kernel.bytes.length) return;
      memory.grow(Math.ceil((bytes - kernel.bytes.length) / PAGE));
      kernel.bytes = new Uint8Array(memory.buffer);
    },
  };
  return kernel;
}

function instantiate(base64: string, imports?: object): Record<string, unknown> | null {
  const wasm = parseBase64(base64);
  if (wasm === null) return null;
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(wasm), imports).exports;
  } catch {
    return null;
  }
}

function callsOf(exports: Record<string, unknown>): KernelCalls {
  return (name) => {
    const found = exports[name];
    if (!isKernelFunction(found)) throw new Error(`the kernel has no function ${name}`);
    return found;
  };
}

const PAGE = 65_536;

function isKernelFunction(value: unknown): value is KernelFunction {
  return typeof value === 'function';
}
