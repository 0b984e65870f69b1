import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { MediaStreamRow } from '../../../core/api-calls.ts';
import { messageOf } from '../../model/page-api.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { useApp, useMedia } from '../use-app.ts';
import { saveFile } from '../../ui/save-file.ts';

/** Plays a stream's sound and saves it; or says why there is none to hear. */
export function StreamPlayer({ row }: { row: MediaStreamRow }): ReactNode {
  const { media, session } = useApp();
  const playing = useMedia((state) => (state.playing?.stream === row.stream ? state.playing : null));
  const [saving, setSaving] = useState(false);
  if (!row.playable) {
    return (
      <span className="stream-player stream-silent">
        <Icon name="info" size={13} />{' '}
        {row.notPlayable === '' ? 'Its sound cannot be played.' : row.notPlayable}
      </span>
    );
  }
  const save = async (): Promise<void> => {
    setSaving(true);
    try {
      const { bytes, complete } = await media.getState().wavOf(row.stream);
      saveFile(`stream-${row.ssrc}.wav`, 'audio/wav', bytes);
      if (!complete) session.getState().say('note', 'The stream goes on: its first hour was saved.');
    } catch (error) {
      session.getState().say('error', messageOf(error));
    } finally {
      setSaving(false);
    }
  };
  return (
    <span className="stream-player">
      {playing === null ? (
        <Button label="Play" icon="play" onPress={() => media.getState().play(row.stream)} />
      ) : (
        <Button label="Stop" icon="stop" onPress={() => media.getState().stop()} />
      )}
      <Button
        label={saving ? 'Saving…' : 'Save as WAV'}
        icon="download"
        disabled={saving}
        onPress={() => void save()}
      />
      {playing?.sound.kind === 'loading' ? <span role="status">Fetching the sound…</span> : null}
      {playing?.sound.kind === 'failed' ? <span role="alert">{playing.sound.message}</span> : null}
      {playing?.sound.kind === 'ready' ? (
        <Sound
          bytes={playing.sound.value.bytes}
          complete={playing.sound.value.complete}
          label={`Sound of stream ${row.ssrc}`}
        />
      ) : null}
    </span>
  );
}

/** The sound lives in memory, under an address that only this page has. */
function Sound({
  bytes,
  complete,
  label,
}: {
  bytes: Uint8Array<ArrayBuffer>;
  complete: boolean;
  label: string;
}): ReactNode {
  const audio = useRef<HTMLAudioElement>(null);
  const [fault, setFault] = useState(false);
  useEffect(() => {
    const element = audio.current;
    if (element === null) return undefined;
    const address = URL.createObjectURL(new Blob([bytes], { type: 'audio/wav' }));
    element.src = address;
    // Where the system has no sound, the controls say so.
    element.play().catch(() => undefined);
    return () => {
      element.pause();
      element.removeAttribute('src');
      URL.revokeObjectURL(address);
    };
  }, [bytes]);
  return (
    <>
      <audio ref={audio} controls aria-label={label} onError={() => setFault(true)} />
      {fault ? <span role="alert">The sound cannot be played here.</span> : null}
      {complete ? null : <span>The first minutes; saving gives more.</span>}
    </>
  );
}
