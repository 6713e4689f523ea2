import type { DomainStatus } from "../../../api/contract.ts";
import { Chip } from "../../../components/tone.tsx";
import { STATUS } from "../status.ts";

export function StatusChip({ status }: { status: DomainStatus }) {
  const { label, tone } = STATUS[status];
  return <Chip tone={tone}>{label}</Chip>;
}
