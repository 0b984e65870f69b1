const SHAPES = {
  frames: 'M2 3.5h12M2 6.5h12M2 9.5h12M2 12.5h12',
  conversations: 'M2 5h11M10.5 2.5 13 5l-2.5 2.5M14 11H3M5.5 8.5 3 11l2.5 2.5',
  message: 'M2.5 3h11v8H7l-3 2.5V11H2.5zM5 6h6M5 8.3h4',
  flag: 'M3.5 14V2.5M3.5 3h8.2l-1.8 3 1.8 3H3.5',
  key: 'M6 10a3.2 3.2 0 1 1 2.2-.9M8.2 9.1 13.5 14M11.3 12l1.5-1.5M9.4 10.2l1.1-1.1',
  folder: 'M1.8 12.5v-9h4l1.5 1.8h6.9v7.2z',
  close: 'M4 4l8 8M12 4l-8 8',
  search: 'M7 11.5a4.5 4.5 0 1 1 0-9 4.5 4.5 0 0 1 0 9zM10.3 10.3 14 14',
  filter: 'M2 3h12L9.5 8.5V13l-3 1V8.5z',
  goto: 'M2 8h8M7.5 5 10.5 8l-3 3M13.5 3v10',
  sun: 'M8 10.8a2.8 2.8 0 1 1 0-5.6 2.8 2.8 0 0 1 0 5.6zM8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M3.4 12.6l1.1-1.1M11.5 4.5l1.1-1.1',
  moon: 'M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z',
  screen: 'M2 3h12v8H2zM6 13.5h4M8 11v2.5',
  help: 'M8 14A6 6 0 1 1 8 2a6 6 0 0 1 0 12zM6.2 6.3a1.8 1.8 0 1 1 2.6 1.6c-.6.3-.8.6-.8 1.3M8 11.4v.2',
  info: 'M8 14A6 6 0 1 1 8 2a6 6 0 0 1 0 12zM8 7.3v3.8M8 4.8V5',
  warning: 'M8 2.2 14.5 13.5h-13zM8 6.5v3.3M8 11.5v.2',
  error: 'M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5zM8 4.8v4M8 11v.2',
  check: 'M3 8.5 6.5 12 13 4.5',
  cross: 'M4 4l8 8M12 4l-8 8',
  minus: 'M3.5 8h9',
  question: 'M5.7 6a2.3 2.3 0 1 1 3.4 2c-.8.4-1.1.8-1.1 1.7M8 12.3v.2',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  trash: 'M2.5 4h11M6 4V2.5h4V4M4 4l.7 9.5h6.6L12 4M6.7 6.5v4.5M9.3 6.5v4.5',
  upload: 'M8 10.5v-8M5 5.2 8 2.2l3 3M2.5 10v3.5h11V10',
  download: 'M8 2.5v8M5 7.8l3 3 3-3M2.5 10v3.5h11V10',
  compare: 'M6.5 3H2.5v10h4M9.5 3h4v10h-4M8 1.500v13',
  back: 'M9.5 3.5 5 8l4.5 4.5',
  forward: 'M6.5 3.5 11 8l-4.5 4.5',
  down: 'M3.5 6 8 10.5 12.5 6',
  right: 'M6 3.5 10.5 8 6 12.5',
  clock: 'M8 14A6 6 0 1 1 8 2a6 6 0 0 1 0 12zM8 4.8V8l2.3 1.5',
  paste: 'M4 3h-.5v11h9V3H12M5.8 2h4.4v2.4H5.8zM6 8h4M6 10.5h4',
  lock: 'M3.5 7.2h9V14h-9zM5.3 7V5a2.7 2.7 0 0 1 5.4 0v2',
  unlock: 'M3.5 7.2h9V14h-9zM5.3 7V4.6a2.7 2.7 0 0 1 5.2-1',
  play: 'M5 3v10l8-5z',
  stop: 'M4 4h8v8H4z',
  phone:
    'M5.2 2.5 3.200 3c-.9 4.300 5.500 10.700 9.800 9.800l.5-2-2.600-1.600-1.500 1.100c-1.200-.6-2.100-1.500-2.700-2.700l1.100-1.500z',
  certificate:
    'M2 3h12v7.5H2zM4.5 5.7h4M4.5 7.8h3M11 10a1.6 1.6 0 1 1 0-3.2 1.6 1.6 0 0 1 0 3.2zM10 10v4l1-.8 1 .8v-4',
  command: 'M3 4.5 6.5 8 3 11.5M8 12h5',
  list: 'M5.5 4H14M5.5 8H14M5.5 12H14M2.2 4h.2M2.2 8h.2M2.2 12h.2',
  retry: 'M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3',
} as const;

export type IconName = keyof typeof SHAPES;

/** A drawn sign, 16 by 16. Decorative unless it is given a label. */
export function Icon({ name, size = 16, label }: { name: IconName; size?: number; label?: string }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      role={label === undefined ? undefined : 'img'}
      aria-label={label}
      aria-hidden={label === undefined ? true : undefined}
      focusable="false"
    >
      <path d={SHAPES[name]} />
    </svg>
  );
}
