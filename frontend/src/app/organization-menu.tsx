import { Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";

import { CheckIcon } from "../components/icons.tsx";
import { Menu } from "../components/menu.tsx";
import { useCurrentOrganization } from "../lib/organization.tsx";

const CreateOrganizationDialog = lazy(
  () => import("../features/organization/components/create-organization-dialog.tsx"),
);

/** Names the organization that the pages are about, and leads to the person's others and to a new one. */
export function OrganizationMenu() {
  const { organization, organizations, choose } = useCurrentOrganization();
  const navigate = useNavigate();
  const [creating, setCreating] = useState(false);
  return (
    <div className="organization">
      <span className="organization-divider" aria-hidden="true" />
      <Menu
        label={
          <>
            <span className="visually-hidden">Organization: </span>
            <span className="organization-name">{organization.name}</span>
            <span className="tag">{organization.plan}</span>
          </>
        }
      >
        {(close) => (
          <>
            <ul aria-label="Your organizations">
              {organizations.map(({ id, name, role }) => (
                <li key={id}>
                  <button
                    type="button"
                    className="menu-item"
                    aria-current={id === organization.id}
                    onClick={() => {
                      close();
                      if (id === organization.id) return;
                      choose(id);
                      void navigate({ to: "/domains" });
                    }}
                  >
                    <span className="organization-name">{name}</span>
                    <span className="quiet">{role}</span>
                    {id === organization.id && <CheckIcon />}
                  </button>
                </li>
              ))}
            </ul>
            <Link className="menu-item" to="/organization" onClick={close}>
              Settings
            </Link>
            <button
              type="button"
              className="menu-item"
              onClick={() => {
                close();
                setCreating(true);
              }}
            >
              New organization…
            </button>
          </>
        )}
      </Menu>
      {creating && (
        <Suspense>
          <CreateOrganizationDialog onClose={() => setCreating(false)} />
        </Suspense>
      )}
    </div>
  );
}
