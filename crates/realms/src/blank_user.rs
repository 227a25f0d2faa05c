//! A user of whom nothing is left but the id, for what others keep under it. Nobody can be this user again.

use context::{Action, Permitted, Writing};
use kernel::{Name, Problem};

use crate::{
    find::absent,
    model::{State, User},
    store,
};

/// Removes all that is kept about a user, as when it is deleted, and leaves an empty user under its id: switched off,
/// without a way to sign in, and named after the id.
pub async fn run<A: Action>(tx: &mut Writing, user: Permitted<A, User>) -> Result<(), Problem> {
    let mut node = ::store::node::find(tx, user.id).await?.ok_or_else(absent)?;
    if !tx.engine().children(Some(user.id)).is_empty() {
        return Err(Problem::conflict("It has nodes below it; delete them first."));
    }
    for step in tx.ctx().system().clone().cascades() {
        step(tx, &node).await?;
    }
    node.name = Name::parse(&format!("erased-{}", user.id)).map_err(Problem::internal)?;
    ::store::node::update(tx.as_ref(), &node, tx.ctx().now()).await?;
    let realm = user.realm;
    let blank = User { state: State::Disabled, ..User::new(node, realm) };
    let blank = user.map(|_| Ok::<_, Problem>(blank))?;
    store::insert_user(tx, &blank).await?;
    tx.record(policy::Change::SubjectSaved(blank.subject()))
}
