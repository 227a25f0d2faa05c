//! Ids out of small numbers.

use jiff::Timestamp;
use kernel::{ApiKeyId, AssignmentId, NodeId, NodeKind, PermissionId, PermissionName, RoleId};
use uuid::Uuid;

pub fn node(number: usize) -> NodeId {
    NodeId(uuid(number))
}

pub fn role(number: usize) -> RoleId {
    RoleId(uuid(number))
}

pub fn assignment(number: usize) -> AssignmentId {
    AssignmentId(uuid(number))
}

pub fn permission(number: usize) -> PermissionId {
    PermissionId(uuid(number))
}

pub fn api_key(number: usize) -> ApiKeyId {
    ApiKeyId(uuid(number))
}

pub fn name(text: &str) -> PermissionName {
    PermissionName::parse(text).unwrap()
}

pub fn kind(text: &str) -> NodeKind {
    NodeKind::parse(text).unwrap()
}

/// A moment, in seconds after the first of January 1970.
pub fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn uuid(number: usize) -> Uuid {
    Uuid::from_u128(0x100 + number as u128)
}
