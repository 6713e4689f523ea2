// Line icons on a 16 pixel grid. They never stand alone: a word is always beside them or in the button's name.

import type { ReactNode } from "react";

function Icon({ children, className }: { children: ReactNode; className?: string | undefined }) {
  return (
    <svg
      className={className ? `icon ${className}` : "icon"}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export const CheckCircleIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="6" />
    <path d="m5.5 8.2 1.8 1.8 3.4-3.8" />
  </Icon>
);

export const ClockIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="6" />
    <path d="M8 4.8V8l2.1 1.4" />
  </Icon>
);

export const ProgressIcon = () => (
  <Icon className="icon-turning">
    <path d="M8 2a6 6 0 1 1-5.6 3.9" />
  </Icon>
);

export const AlertIcon = () => (
  <Icon>
    <path d="M8 2.4 14.2 13H1.8z" />
    <path d="M8 6.6v2.8M8 11.2v.1" />
  </Icon>
);

export const DashCircleIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="6" strokeDasharray="2.4 2.3" />
  </Icon>
);

export const CopyIcon = () => (
  <Icon>
    <rect x="5.5" y="5.5" width="8" height="8" rx="1.8" />
    <path d="M10.5 3.4A1.8 1.8 0 0 0 8.9 2.5H4.3a1.8 1.8 0 0 0-1.8 1.8v4.6c0 .7.4 1.3.9 1.6" />
  </Icon>
);

export const CheckIcon = () => (
  <Icon>
    <path d="m3.5 8.6 3 3 6-7" />
  </Icon>
);

export const PlusIcon = () => (
  <Icon>
    <path d="M8 3.2v9.6M3.2 8h9.6" />
  </Icon>
);

export const RefreshIcon = ({ turning = false }: { turning?: boolean }) => (
  <Icon className={turning ? "icon-turning" : undefined}>
    <path d="M13.5 8a5.5 5.5 0 1 1-1.6-3.9l1.6 1.6" />
    <path d="M13.5 2.6v3.1h-3.1" />
  </Icon>
);

export const ChevronIcon = () => (
  <Icon>
    <path d="m6 3.5 4.5 4.5L6 12.5" />
  </Icon>
);

export const PersonIcon = () => (
  <Icon>
    <circle cx="8" cy="5.5" r="2.8" />
    <path d="M2.8 13.4a5.3 5.3 0 0 1 10.4 0" />
  </Icon>
);

export const DownloadIcon = () => (
  <Icon>
    <path d="M8 2.5v7.3M4.8 7 8 10.2 11.2 7M2.8 13.2h10.4" />
  </Icon>
);

export const CloseIcon = () => (
  <Icon>
    <path d="m4 4 8 8M12 4l-8 8" />
  </Icon>
);
