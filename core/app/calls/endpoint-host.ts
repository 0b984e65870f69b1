/** "192.0.2.1" of "192.0.2.1:5060", "2001:db8::1" of "[2001:db8::1]:5060". */
export function hostOfEndpoint(endpoint: string): string {
  const colon = endpoint.lastIndexOf(':');
  return (colon < 0 ? endpoint : endpoint.slice(0, colon)).replace(/^\[|\]$/g, '');
}
