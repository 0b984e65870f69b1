export declare function measure(command: readonly string[]): Promise<{
  readonly code: number | null;
  readonly wall: number;
  readonly cpu: number;
  readonly memory: number;
} | null>;
export declare function findProgram(name: string): string | null;
