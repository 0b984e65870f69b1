import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MessageOrder } from '../../../../core/analysis/messages/message-order.ts';
import { MessageTable } from '../../../../core/store/message-table.ts';

it('is the same whether rows come at once or little by little', () => {
  const step = fc.record({
    clear: fc.array(fc.nat(30), { maxLength: 6 }),
    opened: fc.array(fc.nat(30), { maxLength: 6 }),
    begins: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      const clear = new MessageTable();
      let opened = new MessageTable();
      const order = new MessageOrder();
      for (const { clear: a, opened: b, begins } of steps) {
        // Keys changed: what was decrypted is found anew.
        if (begins && b.length > 3) opened = new MessageTable();
        for (const frame of a) clear.frame.push(frame);
        for (const frame of b) opened.frame.push(frame);
        order.follow(clear, opened);
        expect(order.follow(clear, opened)).toBe(false);
        const rows = [
          ...Array.from({ length: clear.length }, (_, row) => [clear.frame.read(row), 0, row] as const),
          ...Array.from({ length: opened.length }, (_, row) => [opened.frame.read(row), 1, row] as const),
        ].sort((x, y) => x[0] - y[0] || x[1] - y[1] || x[2] - y[2]);
        const found = Array.from({ length: order.count }, (_, at) => [
          order.isOpened(at) ? 1 : 0,
          order.rowOf(at),
        ]);
        expect(found).toEqual(rows.map(([, kind, row]) => [kind, row]));
      }
    }),
    { numRuns: 500 },
  );
});
