import { EXPORT_FORMATS } from '../../core/api-export.ts';

/** What `sipher export` can write, and where else it can send to. */
export const EXPORT_KINDS = [...EXPORT_FORMATS, 'hep'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];
