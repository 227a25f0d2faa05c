//! What sign-in keeps about a user.

use ::store::{StoreError, from_micros};
use context::{Reading, Told, personal::section};
use kernel::NodeId;
use serde_json::{Value, json};

use crate::{
    model::Session,
    remember::Remembered,
    second_factor::{
        factor::Factor,
        store::{factors, recovery_codes},
    },
    store::{self, notices, password_links},
};

/// Tells since when the password is the user's, the sessions, the places and devices that are known, what devices remember, the links to a
/// new password that were sent, and the second factors. Of a secret there is nothing but its time.
pub fn tell(read: &Reading, user: NodeId) -> Told<'_> {
    Box::pin(async move {
        let password = store::password(read, user).await?.map(|password| {
            let life = password.life;
            json!({"changed_at": life.changed_at, "must_change": life.must_change})
        });
        let sessions = store::sessions(read, user).await?;
        let mut told = section("password", password.unwrap_or(Value::Null));
        told.extend(section("sessions", sessions.iter().map(session).collect::<Vec<_>>()));
        let places = notices::places(read, user).await?;
        let places = places.into_iter().map(|place| moment(place.last_used_at));
        told.extend(section("places_last_used_at", places.collect::<Result<Vec<_>, _>>()?));
        let devices = store::devices::last_used(read, user).await?.into_iter().map(moment);
        told.extend(section("devices_last_used_at", devices.collect::<Result<Vec<_>, _>>()?));
        let remembered = store::remembered::of_user(read, user).await?;
        let remembered = remembered.iter().map(remembered_device).collect::<Vec<_>>();
        told.extend(section("remembered_devices", remembered));
        let links = password_links::sent(read, user).await?;
        let link = |(address, at): (String, i64)| {
            moment(at).map(|at| json!({"address": address, "sent_at": at}))
        };
        let links = links.into_iter().map(link).collect::<Result<Vec<_>, _>>()?;
        told.extend(section("password_links", links));
        let factors = factors::of_user(read, user).await?;
        told.extend(section("second_factors", factors.iter().map(factor).collect::<Vec<_>>()));
        let left = recovery_codes::count_left(read, user).await?;
        told.extend(section("recovery_codes_left", left));
        Ok(told)
    })
}

fn moment(at: i64) -> Result<Value, StoreError> {
    Ok(json!(from_micros(at)?))
}

/// What the factor needs, a secret or a number to send codes to, is sealed.
fn factor(factor: &Factor) -> Value {
    json!({
        "type": factor.method.name(),
        "name": factor.name,
        "created_at": factor.created_at,
        "confirmed_at": factor.confirmed_at,
        "last_used_at": factor.last_used_at,
    })
}

fn remembered_device(device: &Remembered) -> Value {
    json!({
        "id": device.id,
        "signed_in_at": device.signed_in_at,
        "last_used_at": device.rotation.rotated_at,
        "device_name": device.device_name,
        "user_agent": device.user_agent,
        "method": device.method,
    })
}

fn session(session: &Session) -> Value {
    json!({
        "id": session.id,
        "created_at": session.created_at,
        "signed_in_at": session.signed_in_at,
        "last_seen_at": session.last_seen_at,
        "expires_at": session.expires_at,
        "ended_at": session.ended_at,
        "device_name": session.device_name,
        "ip": session.ip,
        "user_agent": session.user_agent,
        "method": session.method,
    })
}
