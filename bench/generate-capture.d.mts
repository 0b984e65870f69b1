export declare const SERVER_KEY: string;
export declare function generateCapture(
  file: string,
  options: {
    readonly frames: number;
    readonly connections: number;
    readonly suite: 'mixed' | 'cbc' | 'gcm';
    readonly seed: number;
  },
): {
  readonly frames: number;
  readonly bytes: number;
  readonly messages: number;
  readonly keylog: string;
};
