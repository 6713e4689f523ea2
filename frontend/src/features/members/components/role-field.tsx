import type { Role } from "../../../api/contract.ts";
import { Role as ROLE } from "../../../api/schema.gen.ts";
import { Checkbox, FieldGroup } from "../../../components/form.tsx";
import { ROLE_NAME } from "../../../lib/roles.ts";

/** One of the roles that may be given, each with what it may do. */
export function RoleField({
  role,
  roles,
  onRole,
}: {
  role: Role;
  roles: readonly Role[];
  onRole: (role: Role) => void;
}) {
  return (
    <FieldGroup label="Role" name="role">
      {roles.map((one) => (
        <Checkbox
          key={one}
          type="radio"
          name="role"
          label={
            <>
              {ROLE_NAME[one]}
              <span className="help">{ROLE[one]}</span>
            </>
          }
          checked={role === one}
          onValue={() => onRole(one)}
        />
      ))}
    </FieldGroup>
  );
}
