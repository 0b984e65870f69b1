import type { Extension } from '../../tls/messages/extension.ts';
import { isGrease } from '../../tls/tables/cipher-suites.ts';
import { describeNamedGroup } from '../../tls/tables/named-groups.ts';
import { describeSignatureScheme } from '../../tls/tables/signature-schemes.ts';
import { describeVersion } from '../../tls/tables/versions.ts';

/** What an extension says, without what is different each time. */
export function describeExtensionValue(extension: Extension): string {
  switch (extension.kind) {
    case 'server-name':
      return extension.names.join(', ');
    case 'supported-groups':
      return extension.groups
        .filter((group) => !isGrease(group))
        .map(describeNamedGroup)
        .join(', ');
    case 'signature-algorithms':
    case 'signature-algorithms-cert':
      return extension.schemes.map(describeSignatureScheme).join(', ');
    case 'supported-versions':
      return extension.versions
        .filter((version) => !isGrease(version))
        .map(describeVersion)
        .join(', ');
    case 'alpn':
      return extension.protocols.join(', ');
    case 'key-share':
      return extension.entries
        .filter((entry) => !isGrease(entry.group))
        .map((entry) => describeNamedGroup(entry.group))
        .join(', ');
    case 'ec-point-formats':
      return extension.formats.join(', ');
    case 'max-fragment-length':
      return `2^${8 + extension.code} bytes`;
    case 'record-size-limit':
      return `${extension.limit} bytes`;
    case 'session-ticket':
      return extension.ticket.length === 0 ? 'empty' : 'a ticket';
    case 'psk-key-exchange-modes':
      return extension.modes.join(', ');
    case 'pre-shared-key-offer':
      return `${extension.identities.length} offered`;
    case 'use-srtp':
      return extension.profiles.join(', ');
    case 'renegotiation-info':
      return extension.verifyData.length === 0 ? 'empty' : 'a renegotiation';
    default:
      return extension.length === 0 ? 'present' : `present, ${extension.length} bytes`;
  }
}
