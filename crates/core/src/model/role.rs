//! What a member may do in an organization.

use crate::closed_set;

closed_set! {
    /// A member's role, from the most rights to the fewest: the order of the table is the rank.
    pub enum Role {
        /// Everything, the organization itself included.
        Owner = "owner",
        /// All but what concerns owners and the organization itself.
        Admin = "admin",
        /// Domains, and reading the rest.
        Member = "member",
    }
}

impl Role {
    /// Whether this role has all rights of `least`.
    pub fn at_least(self, least: Self) -> bool {
        self <= least
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_outranks_an_admin_who_outranks_a_member() {
        use Role::{Admin, Member, Owner};
        let table = [
            (Owner, [true, true, true]),
            (Admin, [false, true, true]),
            (Member, [false, false, true]),
        ];
        for (role, expected) in table {
            assert_eq!(
                [Owner, Admin, Member].map(|least| role.at_least(least)),
                expected,
                "{role}"
            );
        }
    }
}
