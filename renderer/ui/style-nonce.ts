/** The nonce that the host wrote into the page for style elements made at run time. */
export function styleNonce(): string {
  const meta = document.querySelector('meta[name="csp-nonce"]');
  return meta?.getAttribute('content') ?? '';
}
