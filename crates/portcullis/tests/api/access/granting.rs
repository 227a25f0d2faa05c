//! Each way of getting, or giving, more than one holds: tried and refused.

use serde_json::{Value, json};
use testkit::{Backend, on_both};

use crate::access::cast::{Cast, encoded};

/// A power over all of `/acme` but `secret`, which the attackers below lack.
fn power() -> Value {
    json!(["access:*", "node:*", "group_manage", "mine"])
}

on_both! {
    async fn one_gives_no_role_with_more_than_one_holds(backend: Backend) {
        let cast = Cast::start(backend).await;
        let giver = cast.person("giver", power(), "/acme/companyA").await;
        cast.role("Mine", "/acme", json!(["mine"])).await;
        cast.role("Secret", "/acme", json!(["mine", "secret"])).await;
        cast.role("Wide", "/acme", json!(["access:*", "*"])).await;
        let input = |role: &str, node: &str| json!({"subject": "/main/giver", "role": role, "node": node});
        for role in ["Secret@/acme", "Wide@/acme", "admin", "viewer"] {
            let refused = giver.post("/api/v1/assignments", input(role, "/acme/companyA")).await.expect(403);
            assert!(refused.text_at("/detail").contains("'"), "{}", refused.body_text());
        }
        let refused = giver.post("/api/v1/assignments", input("Secret@/acme", "/acme/companyA")).await.expect(403);
        assert!(refused.text_at("/detail").contains("'secret'"), "{}", refused.body_text());
        assert!(refused.text_at("/detail").contains("/acme/companyA"), "{}", refused.body_text());
        giver.post("/api/v1/assignments", input("Mine@/acme", "/acme/companyA/contract1")).await.expect(201);
        assert!(!cast.may("giver", "secret", "/acme/companyA").await);
    }

    async fn what_ends_or_has_a_condition_cannot_be_given_for_good(backend: Backend) {
        let cast = Cast::start(backend).await;
        let giver = cast.person("giver", json!(["access:assign", {"allow": "cond", "when": "resource.x == 1"}]), "/acme").await;
        cast.role("Timed", "/acme", json!(["timed"])).await;
        cast.role("Cond", "/acme", json!([{"allow": "cond", "when": "resource.x == 1"}])).await;
        let until = "2026-06-02T00:00:00Z";
        let timed = json!({"subject": "/main/giver", "role": "Timed@/acme", "node": "/acme", "expires_at": until});
        cast.operator.post("/api/v1/assignments", timed).await.expect(201);
        let jane = cast.absent("jane").await;
        let mut input = json!({"subject": jane, "role": "Timed@/acme", "node": "/acme"});
        giver.post("/api/v1/assignments", input.clone()).await.expect(403);
        input["expires_at"] = "2026-06-02T00:00:01Z".into();
        giver.post("/api/v1/assignments", input.clone()).await.expect(403);
        input["expires_at"] = until.into();
        giver.post("/api/v1/assignments", input).await.expect(201);
        let conditional = json!({"subject": jane, "role": "Cond@/acme", "node": "/acme"});
        giver.post("/api/v1/assignments", conditional).await.expect(403);
    }

    async fn what_is_denied_below_cannot_be_given_above(backend: Backend) {
        let cast = Cast::start(backend).await;
        let giver = cast.person("giver", json!(["access:assign", "x"]), "/acme").await;
        cast.role("X", "/acme", json!(["x"])).await;
        cast.role("NotX", "/acme", json!(["!x"])).await;
        cast.assign("/main/giver", "NotX@/acme", "/acme/companyA").await;
        let jane = cast.absent("jane").await;
        let input = |node: &str| json!({"subject": jane, "role": "X@/acme", "node": node});
        giver.post("/api/v1/assignments", input("/acme")).await.expect(403);
        giver.post("/api/v1/assignments", input("/acme/companyA/contract1")).await.expect(403);
        giver.post("/api/v1/assignments", input("/acme/companyB")).await.expect(201);
    }

    async fn editing_an_assigned_role_is_giving(backend: Backend) {
        let cast = Cast::start(backend).await;
        let giver = cast.person("giver", power(), "/acme/companyA").await;
        let role = cast.role("R", "/acme/companyA", json!(["mine", "!secret", "!mine:x"])).await;
        cast.assign("/main/giver", &role, "/acme/companyA").await;
        let place = format!("/api/v1/roles/{role}");
        for rules in [
            json!(["mine", "secret", "!secret", "!mine:x"]),
            json!(["*", "!secret", "!mine:x"]),
            json!(["mine", "!mine:x"]),
            json!(["mine", {"deny": "secret", "when": "resource.x == 1"}, "!mine:x"]),
            json!(["mine", {"deny": "secret", "except": ["secret"]}, "!mine:x"]),
        ] {
            let refused = giver.put(&place, json!({"rules": rules})).await.expect(403);
            assert!(refused.text_at("/detail").contains("would give"), "{}", refused.body_text());
        }
        giver.put(&place, json!({"name": "S"})).await.expect(200);
        giver.put(&place, json!({"rules": ["mine", "!secret", "!mine:*"]})).await.expect(200);
        // Wider denies and narrower allows give nothing.
        giver.put(&place, json!({"rules": [{"allow": "mine", "when": "resource.x == 1"}, "!secret", "!mine:*"]})).await.expect(200);
        assert!(!cast.may("giver", "secret", "/acme/companyA").await);
    }

    async fn a_role_that_reaches_further_than_its_editor_is_not_his(backend: Backend) {
        let cast = Cast::start(backend).await;
        let giver = cast.person("giver", power(), "/acme/companyA").await;
        cast.assign("/main/giver", "role of giver", "/acme/companyB").await;
        let role = cast.role("R", "/acme", json!([])).await;
        let jane = cast.absent("jane").await;
        cast.assign(&jane, &role, "/acme").await;
        let may_edit = cast.role("Roles", "/acme", json!(["access:role"])).await;
        cast.assign("/main/giver", &may_edit, "/acme").await;
        // He holds `mine` in both companies, but not at /acme, where jane would get it.
        let place = format!("/api/v1/roles/{role}");
        giver.put(&place, json!({"rules": ["mine"]})).await.expect(403);
        giver.put(&place, json!({"rules": ["mine@/acme/companyA"]})).await.expect(200);
        assert!(cast.may("jane", "mine", "/acme/companyA").await);
        assert!(!cast.may("jane", "mine", "/acme").await);
    }

    async fn joining_a_group_gives_what_it_holds(backend: Backend) {
        let cast = Cast::start(backend).await;
        let giver = cast.person("giver", json!(["group_manage", "node:read", "mine"]), "/$global").await;
        cast.role("Mine", "/acme", json!(["mine"])).await;
        cast.role("Secret", "/acme", json!(["secret"])).await;
        let (plain, inner, outer) = (cast.group("plain").await, cast.group("inner").await, cast.group("outer").await);
        cast.assign(&plain, "Mine@/acme", "/acme").await;
        cast.assign(&outer, "Secret@/acme", "/acme").await;
        let members = |group: &str| format!("/api/v1/groups/{group}/members");
        cast.operator.post(&members(&outer), json!({"member": inner})).await.expect(200);
        let me = json!({"member": "/main/giver"});
        giver.post(&members(&outer), me.clone()).await.expect(403);
        giver.post(&members(&inner), me.clone()).await.expect(403);
        giver.post(&members(&plain), me).await.expect(200);
        // A group into a group gives to its members.
        giver.post(&members(&outer), json!({"member": plain})).await.expect(403);
        assert!(!cast.may("giver", "secret", "/acme").await);
    }

    async fn leaving_a_group_lifts_what_it_denies(backend: Backend) {
        let cast = Cast::start(backend).await;
        let giver = cast.person("giver", json!(["group_manage", "node:read"]), "/$global").await;
        cast.role("NotX", "/acme", json!(["!x"])).await;
        let barred = cast.group("barred").await;
        cast.assign(&barred, "NotX@/acme", "/acme").await;
        let members = format!("/api/v1/groups/{barred}/members");
        cast.operator.post(&members, json!({"member": "/main/giver"})).await.expect(200);
        giver.delete(&format!("{members}/{}", encoded("/main/giver"))).await.expect(403);
        giver.delete(&format!("/api/v1/groups/{barred}")).await.expect(403);
    }

    async fn lifting_a_deny_is_giving(backend: Backend) {
        let cast = Cast::start(backend).await;
        let giver = cast.person("giver", json!(["access:assign", "mine"]), "/acme/companyA").await;
        cast.role("NotMine", "/acme", json!(["!mine"])).await;
        cast.role("NotX", "/acme", json!(["!x"])).await;
        let jane = cast.absent("jane").await;
        let on_me = cast.assign("/main/giver", "NotX@/acme", "/acme/companyA").await;
        let on_jane = cast.assign(&jane, "NotX@/acme", "/acme/companyA").await;
        let mine = cast.assign(&jane, "NotMine@/acme", "/acme/companyA").await;
        let place = |id: &str| format!("/api/v1/assignments/{id}");
        for id in [&on_me, &on_jane] {
            let refused = giver.delete(&place(id)).await.expect(403);
            assert!(refused.text_at("/detail").contains("'x'"), "{}", refused.body_text());
        }
        giver.delete(&place(&mine)).await.expect(204);
    }

    async fn a_deny_stays_in_a_role_that_stays_assigned(backend: Backend) {
        let cast = Cast::start(backend).await;
        // Holds `access:assign` above, so may remove the whole assignment; but not only what it holds back.
        let rules = json!(["access:assign", "access:role", "access:inspect"]);
        let above = cast.person("above", rules, "/acme").await;
        let role = cast.role("AllButX", "/acme", json!(["*", "!x"])).await;
        cast.assign("/main/above", "AllButX@/acme", "/acme/companyA").await;
        let without = json!({"name": "AllButX", "rules": ["*"]});
        above.put(&format!("/api/v1/roles/{role}"), without).await.expect(403);
        assert!(!cast.may("above", "x", "/acme/companyA").await);
    }

    async fn from_above_one_removes_what_locks_one_out(backend: Backend) {
        let cast = Cast::start(backend).await;
        let above = cast.person("above", json!(["access:assign"]), "/acme").await;
        cast.role("Nothing", "/acme", json!(["!*"])).await;
        let below = cast.assign("/main/above", "Nothing@/acme", "/acme/companyA").await;
        assert!(!cast.may("above", "access:assign", "/acme/companyA").await);
        above.delete(&format!("/api/v1/assignments/{below}")).await.expect(204);
        assert!(cast.may("above", "access:assign", "/acme/companyA").await);
        let here = cast.assign("/main/above", "Nothing@/acme", "/acme").await;
        above.delete(&format!("/api/v1/assignments/{here}")).await.expect(404);
    }

    async fn connecting_and_moving_ask_for_everything(backend: Backend) {
        let cast = Cast::start(backend).await;
        let giver = cast.person("giver", power(), "/acme").await;
        let owner = cast.person("owner", json!(["*"]), "/acme").await;
        let (a, b) = (encoded("/acme/companyA"), encoded("/acme/companyB/contract3"));
        let connect = format!("/api/v1/nodes/{a}/connections");
        let to = json!({"to": "/acme/companyB/contract3"});
        let refused = giver.post(&connect, to.clone()).await.expect(403);
        assert!(refused.text_at("/detail").contains("'*'"), "{}", refused.body_text());
        owner.post(&connect, to).await.expect(201);
        giver.delete(&format!("{connect}/{b}")).await.expect(403);
        owner.delete(&format!("{connect}/{b}")).await.expect(204);
        let under = json!({"parent": "/acme/companyA"});
        giver.post(&format!("/api/v1/nodes/{b}/move"), under.clone()).await.expect(403);
        owner.post(&format!("/api/v1/nodes/{b}/move"), under).await.expect(200);
    }

    async fn steering_a_condition_asks_to_assign(backend: Backend) {
        let cast = Cast::start(backend).await;
        let writer = cast.person("writer", json!(["node:*", {"allow": "x", "when": "resource.status == 'open'"}]), "/acme").await;
        let place = format!("/api/v1/nodes/{}/properties", encoded("/acme/companyA"));
        writer.patch(&place, json!({"status": "open"})).await.expect(403);
        writer.put(&place, json!({"status": "open"})).await.expect(403);
        writer.patch(&place, json!({"colour": "red"})).await.expect(200);
        let child = json!({"parent": "/acme", "kind": "company", "name": "mine", "properties": {"status": "open"}});
        writer.post("/api/v1/nodes", child).await.expect(403);
        assert!(!cast.may("writer", "x", "/acme/companyA").await);
        cast.operator.patch(&place, json!({"status": "open"})).await.expect(200);
        assert!(cast.may("writer", "x", "/acme/companyA").await);
        writer.patch(&place, json!({"status": null})).await.expect(403);
    }

    async fn deleting_what_carries_a_deny_is_giving(backend: Backend) {
        let cast = Cast::start(backend).await;
        let deleter = cast.person("deleter", json!(["node:*"]), "/acme").await;
        cast.role("NotX", "/acme/companyA", json!(["!x"])).await;
        let jane = cast.absent("jane").await;
        cast.assign(&jane, "NotX@/acme/companyA", "/acme/companyA/contract1").await;
        let place = format!("/api/v1/nodes/{}", encoded("/acme/companyA/contract1"));
        deleter.delete(&place).await.expect(403);
        let parent = format!("/api/v1/nodes/{}?recursive=true", encoded("/acme/companyA"));
        deleter.delete(&parent).await.expect(403);
        cast.operator.get(&place).await.expect(200);
        cast.operator.delete(&parent).await.expect(204);
        cast.operator.get(&place).await.expect(404);
    }

    async fn no_rule_gives_what_superusers_alone_may(backend: Backend) {
        let cast = Cast::empty(backend).await;
        let all = cast.server.user("all", &["admin"]).await;
        let ask = json!({"permission": "settings:access"});
        assert_eq!(all.post("/api/v1/access/decide", ask.clone()).await.expect(200).text_at("/decision"), "deny");
        let root = cast.server.root().await;
        assert_eq!(root.post("/api/v1/access/decide", ask).await.expect(200).text_at("/decision"), "allow");
    }
}
