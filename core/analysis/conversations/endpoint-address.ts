import { formatAddress } from '../../net/addresses.ts';
import type { ConversationTable } from '../../stream/conversation-table.ts';

/** The address of one end of a conversation; empty where there is no IP. */
export function addressOf(conversations: ConversationTable, conversation: number, endpoint: 0 | 1): string {
  const words = addressWordsOf(conversations, conversation, endpoint);
  return formatAddress(ipVersionOf(conversations, conversation), words, 0);
}

/** Four big-endian words; of IPv4 the first counts. */
export function addressWordsOf(
  conversations: ConversationTable,
  conversation: number,
  endpoint: 0 | 1,
): number[] {
  return [0, 1, 2, 3].map((word) => conversations.addresses.read(8 * conversation + 4 * endpoint + word));
}

/** 0 where there is no IP. */
export function ipVersionOf(conversations: ConversationTable, conversation: number): 0 | 4 | 6 {
  const version = conversations.ipVersion.read(conversation);
  return version === 4 || version === 6 ? version : 0;
}
