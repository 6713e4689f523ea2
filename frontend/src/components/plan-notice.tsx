import { FEATURE, type Feature, firstPlanWith, includes } from "../lib/plan.ts";
import { useCurrentOrganization } from "../lib/organization.tsx";
import { AlertIcon } from "./icons.tsx";

/** Says which plan includes what the organization's own does not; nothing where it does. */
export function PlanNotice({ feature }: { feature: Feature }) {
  const { organization } = useCurrentOrganization();
  if (includes(organization.plan, feature)) return null;
  const plan = firstPlanWith(feature);
  return (
    <p className="notice notice-waiting">
      <AlertIcon />
      <span>
        {FEATURE[feature]} {plan ? `come with the plan ${plan}` : "come with no plan yet"}. This organization has the plan{" "}
        {organization.plan}.
      </span>
    </p>
  );
}
