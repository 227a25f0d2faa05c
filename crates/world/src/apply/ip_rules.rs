//! Which addresses may come in. The section has no roots: pruned, it is pruned as a whole.

use std::collections::BTreeSet;

use context::{IpList, ip_rules::parse_network};
use ipnet::IpNet;
use kernel::{NodeId, Problem, Remark};
use network::{
    IpRule,
    create_ip_rules::{self, CreateIpRulesInput, IpRuleInput},
    delete_ip_rule,
    model::{ReadIpRules, name},
};

use super::{Apply, at};
use crate::{file, plan::Difference, world::Placed};

const SECTION: &str = "ip_rules";

/// What a rule is known by.
type Key = (IpList, IpNet);

impl Apply<'_> {
    pub(super) async fn ip_rules(&mut self) -> Result<(), Problem> {
        let world = self.world;
        if !world.ip_rules.is_named {
            return Ok(());
        }
        let stored = self.stored_ip_rules().await?;
        let mut seen = BTreeSet::new();
        for from in &world.ip_rules.list {
            let key = key(from)?;
            if !seen.insert(key) {
                return Err(from.refuse(SECTION, "/network", "is in the file twice"));
            }
            let found = stored.iter().find(|rule| (rule.list, rule.network) == key);
            self.save_ip_rule(&from.says, key, found).await.map_err(|p| at(from, SECTION, p))?;
        }
        Ok(())
    }

    async fn save_ip_rule(
        &mut self,
        says: &file::IpRule,
        key: Key,
        found: Option<&IpRule>,
    ) -> Result<(), Problem> {
        let note = says.note.clone().filter(|note| !note.is_empty());
        let Some(found) = found else {
            self.create_ip_rule(key, note).await?;
            self.plan.create(SECTION, line(key));
            return Ok(());
        };
        let difference = says
            .note
            .is_some()
            .then(|| Difference::of("note", &found.note, &note.clone().map(String::from)));
        let difference = difference.flatten();
        if difference.is_some() {
            delete_ip_rule::run(self.tx, found.id, true).await?;
            self.create_ip_rule(key, note).await?;
        }
        self.plan.compare(SECTION, line(key), difference.into_iter().collect());
        Ok(())
    }

    async fn create_ip_rule(
        &mut self,
        (list, network): Key,
        note: Option<Remark>,
    ) -> Result<(), Problem> {
        let rule = IpRuleInput { list, network: network.to_string(), note };
        // Whether one locks oneself out is asked once, when all of them are there.
        let input = CreateIpRulesInput { rules: vec![rule], confirm: true };
        let made = create_ip_rules::run(self.tx, input).await;
        made.map(drop).map_err(above)
    }

    pub(super) async fn prune_ip_rules(&mut self) -> Result<(), Problem> {
        let world = self.world;
        if !world.ip_rules.is_named {
            return Ok(());
        }
        let wanted = world.ip_rules.list.iter().map(key).collect::<Result<BTreeSet<_>, _>>()?;
        for rule in self.stored_ip_rules().await? {
            let key = (rule.list, rule.network);
            if !wanted.contains(&key) {
                delete_ip_rule::run(self.tx, rule.id, true).await?;
                self.plan.delete(SECTION, line(key));
            }
        }
        Ok(())
    }

    /// 409 if the caller would not come in again.
    pub(super) fn check_addresses(&self) -> Result<(), Problem> {
        if self.world.ip_rules.is_named { network::confirm::check(self.tx, false) } else { Ok(()) }
    }

    async fn stored_ip_rules(&self) -> Result<Vec<IpRule>, Problem> {
        self.tx.permit::<ReadIpRules>(NodeId::GLOBAL).map(drop)?;
        Ok(network::store::all(&*self.tx).await?)
    }
}

fn key(from: &Placed<file::IpRule>) -> Result<Key, Problem> {
    let network = parse_network(&from.says.network);
    let network = network.map_err(|error| from.refuse(SECTION, "/network", error))?;
    Ok((from.says.list, network))
}

fn line((list, network): Key) -> String {
    format!("{} {network}", name(list))
}

/// The operation takes several rules; here it is one, and its place is the file's.
fn above(problem: Problem) -> Problem {
    problem.errors().iter().fold(Problem::new(problem.kind(), problem.detail()), |moved, error| {
        let pointer = error.pointer.strip_prefix("/rules/0").unwrap_or(&error.pointer);
        moved.and_field(pointer, &error.detail)
    })
}
