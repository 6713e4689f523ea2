//! Who calls: credentials joined with tenant, role and plan (the view `callers`).

use super::Bound;
use crate::crypto::hash::TokenHash;
use crate::model::id::OrgId;

statements! { "callers";
    /// The caller by `?1` credential hash and `?2` wanted organization or NULL: a
    /// [`CallerRow`](crate::model::caller::CallerRow).
    FIND = concat!(caller_cte!(), "SELECT * FROM caller");
}

/// A credential as the request showed it: its hash, and the organization it asked for.
#[derive(Debug, Clone)]
pub struct Credential {
    /// SHA-256 of the secret.
    pub hash: TokenHash,
    /// The header `DCVaaS-Organization`, if it was sent.
    pub organization: Option<OrgId>,
}

/// Binds [`FIND`].
pub fn find(credential: &Credential) -> Bound {
    FIND.bind([credential.hash.as_str().into(), credential.organization.as_ref().into()])
}
