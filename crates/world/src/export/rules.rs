//! Rules that stand nowhere in the tree: on second factors, and on addresses.

use context::Reading;
use kernel::{Name, Problem, Remark, RoleId};
use signin::second_factor::{FactorRule as Stored, Method, Whose, list_rules};
use store::node;

use super::{Out, owner, place, send};
use crate::file::{Document, FactorRule, IpRule, OwnedName, Place, UserName};

pub(super) async fn factor_rules(read: &Reading, out: &Out) -> Result<(), Problem> {
    let mut rules = Vec::new();
    for rule in list_rules::all(read).await? {
        rules.extend(written(read, rule).await?);
    }
    if rules.is_empty() {
        return Ok(());
    }
    // Ids would give each export another order.
    rules.sort_by_cached_key(|rule| format!("{rule:?}"));
    send(out, &Document { factor_rules: Some(rules), ..Document::default() }).await
}

/// None for the rule of a role that is gone: it asks nothing of anybody.
async fn written(read: &Reading, rule: Stored) -> Result<Option<FactorRule>, Problem> {
    let mut written = FactorRule {
        realm: None,
        role: None,
        user: None,
        steps: Some(rule.steps).filter(|steps| *steps != 1),
        methods: Some(rule.methods).map(|mut methods| {
            methods.retain(|method| *method != Method::Totp);
            methods
        }),
    };
    match rule.whose {
        Whose::Realm(id) => {
            written.realm = Some(place(node::path(read, id).await?.as_ref())?.name());
        }
        Whose::User(id) => {
            let place = place(node::path(read, id).await?.as_ref())?;
            let realm = place.parent();
            let realm = realm.ok_or_else(|| Problem::internal("a user without a realm"))?.name();
            written.user = Some(UserName { name: place.name(), realm });
        }
        Whose::Role(id) => match role(read, id).await? {
            Some(role) => written.role = Some(role),
            None => return Ok(None),
        },
    }
    Ok(Some(written))
}

async fn role(read: &Reading, id: RoleId) -> Result<Option<OwnedName>, Problem> {
    let Some(role) = read.engine().role(id) else { return Ok(None) };
    let name = Name::parse(role.name).map_err(Problem::internal)?;
    let at = role.owner;
    let owner = owner(at, node::path(read, at).await?.as_ref())?;
    Ok(Some(OwnedName { name, owner: owner.unwrap_or_else(Place::global) }))
}

pub(super) async fn ip_rules(read: &Reading, out: &Out) -> Result<(), Problem> {
    let stored = network::store::all(read).await?;
    let mut rules = stored.into_iter().map(ip_rule).collect::<Result<Vec<_>, _>>()?;
    rules.sort_by(|one, other| (one.list, &one.network).cmp(&(other.list, &other.network)));
    for portion in rules.chunks(super::PORTION) {
        let ip_rules = Some(portion.to_vec());
        send(out, &Document { ip_rules, ..Document::default() }).await?;
    }
    Ok(())
}

fn ip_rule(rule: network::IpRule) -> Result<IpRule, Problem> {
    let note = rule.note.map(Remark::try_from).transpose().map_err(Problem::internal)?;
    Ok(IpRule { list: rule.list, network: rule.network.to_string(), note })
}
