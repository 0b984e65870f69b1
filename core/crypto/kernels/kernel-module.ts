/** A compiled kernel with its memory. */
import { parseBase64 } from '../../bytes/base64.ts';

/** As much of WebAssembly as is needed here; every host has it, not every tsconfig of ours declares it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Record<string, unknown> };
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
  /** Makes the memory at least so many bytes long. What is in it stays. */
  reserve(bytes: number): void;
}

export type KernelFunction = (...numbers: number[]) => number;

/** null where the host has no WebAssembly or not this much of it (SIMD). */
export function loadKernel(base64: string): KernelModule | null {
  const wasm = parseBase64(base64);
  if (wasm === null) return null;
  let exports: Record<string, unknown>;
  try {
    exports = new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports;
  } catch {
    return null;
  }
  const memory = exports['memory'];
  if (!(memory instanceof WebAssembly.Memory)) return null;
  const kernel: KernelModule = {
    bytes: new Uint8Array(memory.buffer),
    call(name) {
      const found = exports[name];
      if (!isKernelFunction(found)) throw new Error(`the kernel has no function ${name}`);
      return found;
    },
    reserve(bytes) {
      if (bytes <= kernel.bytes.length) return;
      memory.grow(Math.ceil((bytes - kernel.bytes.length) / PAGE));
      kernel.bytes = new Uint8Array(memory.buffer);
    },
  };
  return kernel;
}

const PAGE = 65_536;

function isKernelFunction(value: unknown): value is KernelFunction {
  return typeof value === 'function';
}
