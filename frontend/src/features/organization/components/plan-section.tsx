import type { OrganizationDetail } from "../../../api/contract.ts";
import { Table } from "../../../components/table.tsx";
import { Chip } from "../../../components/tone.tsx";
import { FEATURE, type Feature, firstPlanWith, includes } from "../../../lib/plan.ts";
import { usage } from "../usage.ts";

/** Those have a line of their own above, or are still to come. */
const ELSEWHERE: readonly Feature[] = ["api_tokens", "webhooks", "team", "automatic_dns"];
const FEATURES = (Object.keys(FEATURE) as Feature[]).filter((feature) => !ELSEWHERE.includes(feature));

/** What the plan allows, and how much of it is used. */
export function PlanSection({ organization }: { organization: OrganizationDetail }) {
  return (
    <section className="section" aria-labelledby="plan-title">
      <header className="section-head">
        <div>
          <h2 id="plan-title">
            Plan: <span className="plan-name">{organization.plan}</span>
          </h2>
          <p className="quiet">Whoever operates this installation sets the plan.</p>
        </div>
      </header>
      <div className="panel">
        <Table className="plan-table" labelledBy="plan-title" columns={["What", "In use", "Limit"]}>
          {usage(organization).map(({ label, used, limit, share, own }) => (
            <tr key={label} role="row">
              <th role="rowheader" scope="row">
                {label}
              </th>
              <td role="cell" data-label="In use">
                {used}
                {share !== null && <Share share={share} />}
              </td>
              <td role="cell" data-label="Limit">
                {limit} {own && <span className="tag">set for you</span>}
              </td>
            </tr>
          ))}
          {FEATURES.map((feature) => (
            <tr key={feature} role="row">
              <th role="rowheader" scope="row">
                {FEATURE[feature]}
              </th>
              <td role="cell" data-label="In use" className="no-value">
                <span className="quiet">–</span>
              </td>
              <td role="cell" data-label="Limit">
                {includes(organization.plan, feature) ? (
                  <Chip tone="good">Included</Chip>
                ) : (
                  <Chip tone="quiet">{`From the plan ${firstPlanWith(feature)}`}</Chip>
                )}
              </td>
            </tr>
          ))}
        </Table>
      </div>
    </section>
  );
}

/** How much of the limit is used; the numbers beside it say the same. */
function Share({ share }: { share: number }) {
  return (
    <svg className="share-bar" aria-hidden="true" focusable="false" data-full={share >= 1 || undefined}>
      <rect className="life-track" width="100%" height="100%" rx="2" />
      <rect className="life-used" width={`${Math.min(share, 1) * 100}%`} height="100%" rx="2" />
    </svg>
  );
}
