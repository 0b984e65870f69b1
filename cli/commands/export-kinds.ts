/** What `sipher export` can write. */
export const EXPORT_KINDS = ['keylog', 'pcapng-with-secrets', 'clear-pcapng', 'text', 'json', 'csv'] as const;
