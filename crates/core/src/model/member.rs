//! Members of an organization: where they stand, and who may change whom.

use super::role::Role;
use crate::closed_set;

closed_set! {
    /// Where a member stands.
    pub enum MemberStatus {
        /// Belongs to the organization.
        Active = "active",
        /// Was asked to, and has not answered.
        Invited = "invited",
        /// Shut out for now.
        Suspended = "suspended",
    }
}

/// Whether somebody with the role `actor` may change a member who has the role `target`, or give
/// them the role `to`. An admin never touches an owner, and makes none.
/// `store::members` holds the same rule, for the moment of writing.
pub fn may_change(actor: Role, target: Role, to: Option<Role>) -> bool {
    match actor {
        Role::Owner => true,
        Role::Admin => target != Role::Owner && to != Some(Role::Owner),
        Role::Member => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lattice_of_roles() {
        for actor in Role::ALL {
            for target in Role::ALL {
                for to in [None, Some(Role::Owner), Some(Role::Admin), Some(Role::Member)] {
                    let touches_owner = *target == Role::Owner || to == Some(Role::Owner);
                    let expected = match actor {
                        Role::Owner => true,
                        Role::Admin => !touches_owner,
                        Role::Member => false,
                    };
                    assert_eq!(
                        may_change(*actor, *target, to),
                        expected,
                        "{actor} {target} {to:?}"
                    );
                }
            }
        }
    }
}
