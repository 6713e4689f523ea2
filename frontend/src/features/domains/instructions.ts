import type { Domain } from "../../api/contract.ts";
import { providerName, PURPOSE } from "./status.ts";

/** The records as plain text, for a mail to the person who has the DNS. */
export function instructions({ domainName, dnsRecords }: Pick<Domain, "domainName" | "dnsRecords">): string {
  const records = dnsRecords.map((record) => {
    const { label, why } = PURPOSE[record.purpose];
    const short = providerName(record);
    return [
      `${label}${record.required ? "" : " (optional)"}: ${why}`,
      `  Type:  ${record.type}`,
      `  Name:  ${record.name}${short ? ` (many providers want only ${short})` : ""}`,
      `  Value: ${record.value}`,
    ].join("\n");
  });
  return [`DNS records for ${domainName}. Please place them once, and leave them in place.`, ...records].join("\n\n");
}
