import type { ComponentChildren } from "preact";

function Icon({ children, size = 16 }: { children: ComponentChildren; size?: number }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

/** Four strokes and one across: a roll being called. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <rect width="24" height="24" rx="6" />
      <path d="M7 7v10M10.3 7v10M13.7 7v10M17 7v10M4.8 14.6l14.4-5.2" />
    </svg>
  );
}

export const CalendarIcon = () => (
  <Icon>
    <rect x="2" y="3" width="12" height="11" rx="2" />
    <path d="M2 6.5h12M5.5 1.5v3M10.5 1.5v3" />
  </Icon>
);

export const FilterIcon = () => (
  <Icon>
    <path d="M2 4h12M4.5 8h7M7 12h2" />
  </Icon>
);

export const CloseIcon = () => (
  <Icon size={12}>
    <path d="M3 3l10 10M13 3L3 13" />
  </Icon>
);

export const ChevronIcon = () => (
  <Icon size={12}>
    <path d="M3.5 6L8 10.5 12.5 6" />
  </Icon>
);

export const CheckIcon = () => (
  <Icon>
    <path d="M3 8.5l3.5 3.5L13 4.5" />
  </Icon>
);

export const DownloadIcon = () => (
  <Icon>
    <path d="M8 2v8M4.5 7L8 10.5 11.5 7M2.5 13.5h11" />
  </Icon>
);

export const TableIcon = () => (
  <Icon>
    <rect x="2" y="3" width="12" height="10" rx="1.5" />
    <path d="M2 6.5h12M2 9.75h12M6.5 6.5V13" />
  </Icon>
);

export const ChartIcon = () => (
  <Icon>
    <path d="M2 13.5h12M2.5 10.5l3.5-4 3 2.5 4.5-5.5" />
  </Icon>
);

export const KeyboardIcon = () => (
  <Icon>
    <rect x="1.5" y="4" width="13" height="8.5" rx="1.5" />
    <path d="M4 7h.01M6.7 7h.01M9.3 7h.01M12 7h.01M5 9.8h6" />
  </Icon>
);

export const SignOutIcon = () => (
  <Icon>
    <path d="M6 2.5H3.5v11H6M7 8h7M11 5l3 3-3 3" />
  </Icon>
);

export const SystemIcon = () => (
  <Icon>
    <rect x="2" y="2.5" width="12" height="8.5" rx="1.5" />
    <path d="M5.5 14h5M8 11v3" />
  </Icon>
);

export const LightIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="2.75" />
    <path d="M8 1.5v1.25M8 13.25v1.25M1.5 8h1.25M13.25 8h1.25M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9" />
  </Icon>
);

export const DarkIcon = () => (
  <Icon>
    <path d="M13.5 9.5A6 6 0 016.5 2.5a6 6 0 107 7z" />
  </Icon>
);
