import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordLinks } from '../../../core/analysis/record-links.ts';
import { RecordTable } from '../../../core/store/record-table.ts';

describe('RecordLinks', () => {
  it('names the record before in the same direction of the same connection, also of records that came later', () => {
    const rows = fc.array(
      fc.record({ conversation: fc.nat(2), connection: fc.nat(1), direction: fc.nat(1) }),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(rows, fc.nat(60), (all, askedAt) => {
        const records = new RecordTable();
        const links = new RecordLinks(records);
        all.forEach(({ conversation, connection, direction }, row) => {
          records.conversation.push(conversation);
          records.connection.write(row, connection);
          records.flags.push(direction);
          if (row === askedAt) links.previousOf(row);
        });
        all.forEach((own, row) => {
          const before = all
            .slice(0, row)
            .findLastIndex(
              (other) =>
                other.conversation === own.conversation &&
                other.connection === own.connection &&
                other.direction === own.direction,
            );
          expect(links.previousOf(row)).toBe(before);
        });
      }),
    );
  });
});
