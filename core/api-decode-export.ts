/** The shapes of what core/api-export.ts says; api-decode.ts checks with them. */
import {
  EXPORT_FORMATS,
  type ExportPreview,
  type ExportRequests,
  type ExportScope,
  type ExportWish,
} from './api-export.ts';
import { conversationId, frameFilter, type ShapesOf, words } from './api-decode-common.ts';
import { arrayOf, flag, object, oneOf, optional, orNull, pair, text, type Shape, variants } from './shape.ts';

const scope: Shape<ExportScope> = variants({
  all: {},
  filtered: { filter: frameFilter },
  call: { call: words },
  conversation: { conversation: conversationId },
});

const exportWish: Shape<ExportWish> = object({
  format: oneOf(...EXPORT_FORMATS),
  scope,
  redact: flag,
  compare: optional(orNull(pair(conversationId))),
});

const exportPreview: Shape<ExportPreview> = object({
  fileName: text,
  sentences: arrayOf(text),
  confidential: flag,
  problem: text,
});

export const EXPORT_REQUESTS: ShapesOf<ExportRequests> = {
  'export.preview': { params: exportWish, result: exportPreview },
  'export.save': {
    params: exportWish,
    result: orNull(object({ url: orNull(text), sentences: arrayOf(text) })),
  },
};
