import { useState, type ReactNode } from 'react';
import { messageOf } from '../../model/page-api.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { SipText } from '../frame-detail/SipText.tsx';
import { useApp } from '../use-app.ts';

/** The text of a message, without leaving the ladder. */
export function SipPreview({ message }: { message: number }): ReactNode {
  const { api, session } = useApp();
  const [text, setText] = useState<string | null>(null);
  const open = async (): Promise<void> => {
    try {
      setText((await api.request('sip.text', { message })).text);
    } catch (error) {
      session.getState().say('error', messageOf(error));
    }
  };
  return (
    <>
      <button type="button" className="link" onClick={() => void open()}>
        Read the message
      </button>
      {text === null ? null : (
        <Dialog title="SIP message" className="dialog-wide" onClose={() => setText(null)}>
          <SipText text={text} label="SIP message" />
        </Dialog>
      )}
    </>
  );
}
