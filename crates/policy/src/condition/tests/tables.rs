//! Conditions, and what they come to in one world. Shared with the tests that run their SQL.

use serde_json::{Value, json};

/// The facts: one JSON object with `resource`, `subject`, `action` and `context`.
pub fn facts() -> Value {
    json!({
        "resource": {
            "status": "open", "level": 3, "ratio": 2.5, "digits": "10", "public": true,
            "hidden": false, "nothing": null, "huge": 1e300, "big": 9_007_199_254_740_993_i64,
            "tags": ["a", "b"], "mixed": ["a", 1, null], "empty": [], "map": {"x": 1},
            "due": "2026-06-01T11:00:00Z", "late": "9999-12-30T00:00:00Z", "owner": "u1",
            "name": "Grüße"
        },
        "subject": {
            "id": "u1", "groups": ["staff@/acme", "all@/"], "level": 4, "superuser": false,
            "nothing": null
        },
        "action": {"name": "edit", "count": 2},
        "context": {"subject": {"country": "BE"}, "ip": "10.0.0.1", "list": [1, 2.0, 3]}
    })
}

/// The moment of the question.
pub const NOW: &str = "2026-06-01T10:00:00Z";

const YES: Option<bool> = Some(true);
const NO: Option<bool> = Some(false);
const UNKNOWN: Option<bool> = None;

/// `==` and `!=`.
pub const EQUALITY: &[(&str, Option<bool>)] = &[
    ("resource.status == 'open'", YES),
    ("resource.status == \"closed\"", NO),
    ("resource.status != 'archived'", YES),
    ("resource.missing != 'archived'", UNKNOWN),
    ("resource.missing == 'archived'", UNKNOWN),
    ("resource.nothing != 'x'", UNKNOWN),
    ("resource.status == 3", UNKNOWN),
    ("resource.status != 3", UNKNOWN),
    ("resource.level == 3", YES),
    ("resource.level == 3.0 && resource.level == 3u && resource.level == 0x3", YES),
    ("resource.level != 3.5", YES),
    ("resource.public == true", YES),
    ("resource.public != true", NO),
    ("resource.status == true", UNKNOWN),
    ("resource.tags == resource.tags", UNKNOWN),
    ("resource.map == resource.map", UNKNOWN),
    ("resource.owner == subject.id", YES),
    ("subject.id != resource.status", YES),
    ("subject.level == resource.level", NO),
    ("subject.nothing == resource.nothing", UNKNOWN),
    ("action.name == 'edit'", YES),
    ("action.missing == 'edit'", UNKNOWN),
    ("context.subject.country == 'BE'", YES),
    ("context.subject.country.more == 'BE'", UNKNOWN),
    ("context.subject == 'BE'", UNKNOWN),
    ("'a' == 'a' && 1 < 2 && true != false", YES),
    ("resource.name == 'Gr\\u00fc\\u00DFe'", YES),
    ("'a\\x41\\101\\n\\\\' == 'aAA\\u000a\\U0000005C'", YES),
];

/// `<` and the like.
pub const ORDER: &[(&str, Option<bool>)] = &[
    ("resource.level > 2", YES),
    ("resource.level > 3", NO),
    ("resource.level >= 3", YES),
    ("resource.level < 3", NO),
    ("resource.level <= 3 && resource.level < 4", YES),
    ("9 < resource.level", NO),
    ("resource.digits > 9", UNKNOWN),
    ("resource.digits < 9", UNKNOWN),
    ("resource.missing > 9", UNKNOWN),
    ("resource.ratio > 2 && resource.ratio < 3", YES),
    ("resource.level > -1 && resource.level > -1.5", YES),
    ("resource.huge > 1", UNKNOWN),
    ("resource.big > 9007199254740992.0", YES),
    ("resource.big == 9007199254740992.0", NO),
    ("resource.big <= -9223372036854775808", NO),
    ("resource.status > 'op' && resource.status < 'oq'", YES),
    ("resource.status > 'Z'", YES),
    ("resource.public > resource.hidden", UNKNOWN),
    ("resource.level < subject.level", YES),
    ("action.count >= 2", YES),
];

/// Constants, and fields that are conditions by themselves.
pub const ALONE: &[(&str, Option<bool>)] = &[
    ("true", YES),
    ("!true", NO),
    ("resource.status", UNKNOWN),
    ("!resource.level", UNKNOWN),
    ("subject.superuser", NO),
    ("true // resource.status == (", YES),
    ("resource.public &&\n\t// a comment\n  resource.level == 3", YES),
];

/// `has()`.
pub const PRESENCE: &[(&str, Option<bool>)] = &[
    ("has(resource.status)", YES),
    ("has(resource.nothing)", YES),
    ("has(resource.missing)", NO),
    ("!has(resource.missing)", YES),
    ("has(subject.id) && has(action.name) && has(context.subject.country)", YES),
    ("has(context.subject.city) || has(context.none.at.all)", NO),
    ("has((resource.status))", YES),
];

/// `in`.
pub const MEMBERSHIP: &[(&str, Option<bool>)] = &[
    ("resource.status in ['open', 'new']", YES),
    ("resource.status in ['new']", NO),
    ("resource.missing in ['new']", UNKNOWN),
    ("resource.nothing in ['new']", UNKNOWN),
    ("resource.tags in ['a']", UNKNOWN),
    ("resource.level in [1, 3.0]", YES),
    ("resource.level in ['3']", UNKNOWN),
    ("resource.level in ['3', 3]", YES),
    ("resource.status in [3, 'new']", UNKNOWN),
    ("resource.public in [true]", YES),
    ("'staff@/acme' in subject.groups", YES),
    ("'other@/acme' in subject.groups", NO),
    ("!('other@/acme' in subject.groups)", YES),
    ("1 in subject.groups", UNKNOWN),
    ("'a' in resource.mixed", YES),
    ("1.0 in resource.mixed", YES),
    ("'z' in resource.mixed", UNKNOWN),
    ("'a' in resource.empty", NO),
    ("resource.missing in resource.empty", UNKNOWN),
    ("'a' in resource.missing", UNKNOWN),
    ("'o' in resource.status", UNKNOWN),
    ("'x' in resource.map", UNKNOWN),
    ("2 in context.list && size(resource.tags) in [2]", YES),
    ("subject.id in resource.tags", NO),
];

/// Parts of text, and sizes.
pub const TEXT_AND_SIZE: &[(&str, Option<bool>)] = &[
    ("resource.status.startsWith('op')", YES),
    ("resource.status.startsWith('Op')", NO),
    ("resource.status.endsWith('en')", YES),
    ("resource.status.contains('pe')", YES),
    ("resource.status.contains('%')", NO),
    ("resource.level.contains('3')", UNKNOWN),
    ("resource.tags.contains('a')", UNKNOWN),
    ("!resource.missing.contains('a')", UNKNOWN),
    ("context.ip.startsWith('10.')", YES),
    ("size(resource.name) == 5", YES),
    ("resource.name.size() > 5", NO),
    ("size(resource.tags) == 2 && size(resource.empty) < 1", YES),
    ("size(resource.level) == 1", UNKNOWN),
    ("size(resource.map) == 1", UNKNOWN),
    ("size(resource.missing) == 0", UNKNOWN),
];

/// Moments and durations.
pub const MOMENTS: &[(&str, Option<bool>)] = &[
    ("now == timestamp('2026-06-01T10:00:00Z')", YES),
    ("now == timestamp('2026-06-01T12:00:00.000+02:00')", YES),
    ("timestamp(resource.due) > now", YES),
    ("now > timestamp(resource.due) - duration('1h')", NO),
    ("now >= timestamp(resource.due) - duration('30m') - duration('30m')", YES),
    ("now + duration('1h1ns') > timestamp(resource.due)", YES),
    ("duration('1h') + now == timestamp(resource.due)", YES),
    ("now - duration('-1h') == timestamp(resource.due)", YES),
    ("timestamp('2026-06-01T00:00:00Z') + duration('10h') == now", YES),
    ("timestamp(resource.status) > now", UNKNOWN),
    ("timestamp(resource.level) > now", UNKNOWN),
    ("timestamp(resource.missing) > now", UNKNOWN),
    ("timestamp(resource.nothing) != now", UNKNOWN),
    ("timestamp(resource.late) + duration('48h') > now", UNKNOWN),
    ("!(now + duration('2000000000000h') > now)", UNKNOWN),
];
