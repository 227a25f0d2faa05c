//! The ids and names that the numbers of a world stand for.

use jiff::{Span, Timestamp};
use kernel::{AssignmentId, NodeId, Pattern, PermissionId, PermissionName, RoleId};
use uuid::Uuid;

use crate::rights::End;

/// The condition of conditional assignments.
pub const CONDITION: &str = "resource.archived == false";
/// The property that it reads.
pub const PROPERTY: &str = "archived";

/// The moment of all questions.
pub const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// A node; 0 is `$global`.
pub fn node(number: u32) -> NodeId {
    if number == 0 { NodeId::GLOBAL } else { NodeId(id(1, number)) }
}

/// A user.
pub fn user(number: u32) -> NodeId {
    NodeId(id(2, number))
}

/// A group.
pub fn group(number: u32) -> NodeId {
    NodeId(id(3, number))
}

/// A role.
pub fn role(number: u32) -> RoleId {
    RoleId(id(4, number))
}

/// An assignment.
pub fn assignment(number: u32) -> AssignmentId {
    AssignmentId(id(5, number))
}

/// A registered permission.
pub fn permission_id(number: u32) -> PermissionId {
    PermissionId(id(6, number))
}

/// When an assignment ends.
pub fn end(end: End) -> Option<Timestamp> {
    let second = Span::new().seconds(1);
    match end {
        End::Never => None,
        End::Past => NOW.checked_sub(second).ok(),
        End::Future => NOW.checked_add(second).ok(),
    }
}

/// The name of a permission: ten areas, ten things in each, four verbs.
pub fn permission_text(number: u32) -> String {
    let verb = ["read", "create", "update", "delete"][number as usize % 4];
    format!("area{}:thing{}:{verb}", number / 40, number / 4 % 10)
}

/// The name of a permission.
#[expect(clippy::expect_used, reason = "the text is ours")]
pub fn permission(number: u32) -> PermissionName {
    PermissionName::parse(&permission_text(number)).expect("a name")
}

#[expect(clippy::expect_used, reason = "the text is ours")]
pub(crate) fn pattern(text: &str) -> Pattern {
    Pattern::parse(text).expect("a pattern")
}

/// Looks like the ids of the server (UUIDv7): the time first, then what differs. Made one after the other.
fn id(sort: u128, number: u32) -> Uuid {
    let scattered = u128::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15) & 0xFFFF_FFFF_FFFF;
    let time = 0x0190_0000_0000_u128 + u128::from(number / 16);
    Uuid::from_u128(time << 80 | 7 << 76 | sort << 64 | 2 << 62 | scattered << 12 | sort)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_differ() {
        let ids: BTreeSet<NodeId> =
            (0..50_000).flat_map(|n| [node(n), user(n), group(n)]).collect();
        assert_eq!(ids.len(), 150_000);
    }

    #[test]
    fn names_differ() {
        let names: BTreeSet<String> = (0..400).map(permission_text).collect();
        assert_eq!(names.len(), 400);
    }
}
