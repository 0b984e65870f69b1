import * as tables from './call-tables.ts';
import type { SipKeys } from './sip-keys.ts';

/** Dialogs of one leg that are told apart; a hostile fork has more. */
const DIALOGS_IN_LEG = 64;

/** Follows the dialogs of each leg (RFC 3261 §12): Call-ID and the tags of both sides. */
export class DialogFollower {
  readonly rows = new tables.DialogRows();
  readonly #legs: tables.LegRows;
  readonly #transactions: tables.TransactionRows;

  constructor(legs: tables.LegRows, transactions: tables.TransactionRows) {
    this.#legs = legs;
    this.#transactions = transactions;
  }

  /**
   * Takes a message into account: a response with a To tag to a request that has none begins a dialog, a 2xx confirms it,
   * a BYE or a refusal ends it. Tags are interned, 0 where there is none.
   */
  follow(
    keys: SipKeys,
    method: number,
    transaction: number,
    row: number,
    leg: number,
    fromTag: number,
    toTag: number,
  ): void {
    if (keys.isRequest) {
      if (method !== tables.METHOD_BYE) return;
      const dialog = this.#find(leg, fromTag, toTag);
      if (dialog >= 0) this.#end(dialog, row);
      return;
    }
    if (toTag === 0 || keys.status <= 100 || !beginsDialogs(method)) return;
    const inDialog = this.#transactions.toTag.read(transaction) !== 0;
    let dialog = this.#find(leg, fromTag, toTag);
    if (dialog < 0) {
      if (keys.status >= 300 || inDialog) return;
      dialog = this.#begin(leg, fromTag, toTag, method, row);
    }
    if (dialog < 0 || keys.status < 200 || inDialog) return;
    if (this.rows.state.read(dialog) !== tables.DIALOG_EARLY) return;
    if (keys.status >= 300) this.#end(dialog, row);
    else {
      this.rows.state.write(dialog, tables.DIALOG_CONFIRMED);
      this.rows.confirmed.write(dialog, row + 1);
    }
  }

  #end(dialog: number, row: number): void {
    if (this.rows.state.read(dialog) === tables.DIALOG_TERMINATED) return;
    this.rows.state.write(dialog, tables.DIALOG_TERMINATED);
    this.rows.ended.write(dialog, row + 1);
  }

  /** Either side may be the one who asks. */
  #find(leg: number, one: number, other: number): number {
    const { rows } = this;
    for (let at = this.#legs.firstDialog.read(leg); at !== 0; at = rows.next.read(at - 1)) {
      const caller = rows.callerTag.read(at - 1);
      const callee = rows.calleeTag.read(at - 1);
      if ((caller === one && callee === other) || (caller === other && callee === one)) return at - 1;
    }
    return -1;
  }

  #begin(leg: number, fromTag: number, toTag: number, method: number, row: number): number {
    if (this.#legs.dialogs.read(leg) >= DIALOGS_IN_LEG) return -1;
    const { rows } = this;
    const dialog = rows.leg.push(leg);
    rows.callerTag.write(dialog, fromTag);
    rows.calleeTag.write(dialog, toTag);
    rows.state.write(dialog, tables.DIALOG_EARLY);
    rows.method.write(dialog, method);
    rows.first.write(dialog, row + 1);
    rows.next.write(dialog, this.#legs.firstDialog.read(leg));
    this.#legs.firstDialog.write(leg, dialog + 1);
    this.#legs.dialogs.add(leg, 1);
    return dialog;
  }
}

function beginsDialogs(method: number): boolean {
  return (
    method === tables.METHOD_INVITE || method === tables.METHOD_SUBSCRIBE || method === tables.METHOD_REFER
  );
}
