import type { DomainStatus } from "../../../api/contract.ts";
import { Chip } from "../../../components/tone.tsx";
import { DOMAIN_STATUS } from "../../../lib/domain-status.ts";
import { TONE } from "../status.ts";

export function StatusChip({ status }: { status: DomainStatus }) {
  return <Chip tone={TONE[status]}>{DOMAIN_STATUS[status]}</Chip>;
}
