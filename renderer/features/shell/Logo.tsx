import type { ReactNode } from 'react';

/** The product's sign: a lock whose shackle is an open parenthesis of signalling. */
export function Logo({ size }: { size: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 64 64" aria-hidden="true" focusable="false" className="logo">
      <rect x="2" y="2" width="60" height="60" rx="14" fill="var(--logo-ground, #14325f)" />
      <path
        d="M21 29v-7a11 11 0 0 1 21-4.500"
        fill="none"
        stroke="#8fd6ff"
        strokeWidth="5"
        strokeLinecap="round"
      />
      <rect x="14" y="28" width="36" height="24" rx="5" fill="#ffffff" />
      <path
        d="M20 40h5l3-6 4 12 4-9 2 3h6"
        fill="none"
        stroke="#14325f"
        strokeWidth="3"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
