import { expect, test } from "vitest";

import { parseInvitationLink } from "./invitation-link.ts";

const ORG = `org_${"0123456789abcdef".repeat(2)}`;
const TOKEN = "0123456789abcdef".repeat(4);

test.each([
  [`#org=${ORG}&token=${TOKEN}`, { organization: ORG, token: TOKEN }],
  ["", null],
  [`#token=${TOKEN}`, null],
  [`#org=${ORG}`, null],
  [`#org=${ORG}&token=${TOKEN.slice(1)}`, null],
  [`#org=${ORG}&token=${TOKEN.toUpperCase()}`, null],
  [`#org=../../x&token=${TOKEN}`, null],
  [`#org=usr_1&token=${TOKEN}`, null],
])("the fragment %j is read as %j", (fragment, invitation) => {
  expect(parseInvitationLink(fragment)).toEqual(invitation);
});
