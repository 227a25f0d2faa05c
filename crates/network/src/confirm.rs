//! Nobody locks himself out by mistake.

use context::Writing;
use kernel::Problem;
use policy::Who;

/// 409 if the caller would not come in again when this is committed, unless it is what he wants. The operator of the
/// machine comes in by the control socket, where the rules do not count.
pub fn check(tx: &Writing, is_confirmed: bool) -> Result<(), Problem> {
    let ip = tx.ctx().request().ip;
    let is_operator = matches!(tx.ctx().principal().who, Who::Operator);
    if is_confirmed || is_operator || tx.state().ip_rules.admit(ip) {
        return Ok(());
    }
    let whose = ip.map_or("yours".to_owned(), |ip| format!("yours, {ip}"));
    let detail = format!(
        "After this, requests from your address ({whose}) would be refused. Repeat it with confirm if that is meant. \
         On the machine itself, `portcullis ip remove` takes rules back."
    );
    Err(Problem::conflict(detail).and_field("/confirm", "must be true if that is meant"))
}
