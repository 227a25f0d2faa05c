//! What is changed over HTTP of what the file says, is written to the file.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
};

use protocol::password::{Argon2Cost, Memory, hash};
use serde_json::json;
use testkit::{Backend, OsEntropy, on_both};

use super::{ARGON2ID, BCRYPT, NEW_PASSWORD, PASSWORD, Shop, shop_text, user};

/// A hash as people make one for the file.
pub(super) fn hash_of(password: &str) -> String {
    let (cost, entropy) = (Argon2Cost::default(), OsEntropy);
    hash(&password.into(), &cost, &entropy, &mut Memory::default()).unwrap().to_text()
}

/// The text with the hash of jane cut out, and that hash.
fn without_hash(text: &str) -> (String, String) {
    let start = text.find("password_hash = \"").unwrap() + "password_hash = \"".len();
    let end = start + text[start..].find('"').unwrap();
    (format!("{}{}", &text[..start], &text[end..]), text[start..end].to_owned())
}

on_both! {
    async fn a_password_that_is_changed_is_in_the_file(backend: Backend) {
        let shop = Shop::open(backend).await;
        let jane = shop.sign_in("jane").await;
        let change = json!({"old_password": PASSWORD, "new_password": NEW_PASSWORD});
        jane.post("/auth/password", change).await.expect(204);
        jane.get("/auth/me").await.expect(200);
        let (rest, written) = without_hash(&shop.text());
        let (before, former) = without_hash(&shop_text());
        assert_eq!(rest, before, "something else was changed");
        assert!(written != former && written.starts_with("$argon2id$"), "{written}");
        assert_eq!(shop.mode(), 0o600);
        // It is good after a restart, and what was written is no change.
        let revision = shop.revision();
        shop.look().await;
        let shop = shop.restart().await;
        assert_eq!(shop.revision(), revision);
        shop.try_login("jane", PASSWORD).await.expect(401);
        shop.try_login("jane", NEW_PASSWORD).await.expect(200);
    }

    async fn an_old_hash_is_replaced_at_sign_in(backend: Backend) {
        let shop = Shop::with(backend, &shop_text().replacen(ARGON2ID, BCRYPT, 1)).await;
        shop.try_login("jane", PASSWORD).await.expect(200);
        let (rest, written) = without_hash(&shop.text());
        assert_eq!(rest, without_hash(&shop_text()).0);
        assert!(written.starts_with("$argon2id$"), "{written}");
        let revision = shop.revision();
        let shop = shop.restart().await;
        assert_eq!(shop.revision(), revision);
        shop.try_login("jane", PASSWORD).await.expect(200);
    }

    async fn what_administrators_do_is_in_the_file(backend: Backend) {
        let shop = Shop::open(backend).await;
        let operator = shop.server.operator();
        operator.post(&format!("{}/disable", user("jane")), json!({})).await.expect(200);
        assert_eq!(shop.text(), shop_text().replace("\"f1c2\"\n", "\"f1c2\"\nactive = false\n"));
        operator.post(&format!("{}/enable", user("jane")), json!({})).await.expect(200);
        let patch = json!({"full_name": "Jane \"x\"\u{e9} # Roe", "superuser": true, "email": "j@example.com"});
        operator.patch(&user("jane"), patch).await.expect(200);
        let reset = json!({"password": NEW_PASSWORD});
        operator.put(&format!("{}/password", user("jane")), reset).await.expect(204);
        let roles = json!({"subject": "/file/jane", "role": "viewer"});
        operator.post("/api/v1/assignments", roles).await.expect(201);
        let text = shop.text();
        for part in [
            "roles = [\"clerk\", \"viewer\"]",
            "email = \"j@example.com\"",
            "superuser = true",
            "provider = \"keycloak\"\nsub = \"f1c2\"",
            "# Since March.\n[users.jane]",
        ] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        let revision = shop.revision();
        let shop = shop.restart().await;
        assert_eq!(shop.revision(), revision, "the file does not say what the database has");
        assert_eq!(shop.user("jane").await["full_name"], "Jane \"x\"\u{e9} # Roe");
        shop.try_login("jane", NEW_PASSWORD).await.expect(200);
    }

    async fn users_are_made_and_taken_away(backend: Backend) {
        let shop = Shop::open(backend).await;
        let ann = shop.sign_in("ann").await;
        let new = json!({"username": "joe", "password": NEW_PASSWORD, "roles": ["clerk"]});
        ann.post("/auth/users", new).await.expect(201);
        let text = shop.text();
        assert!(text.starts_with(&shop_text()), "{text}");
        assert!(text.contains("\n[users.joe]\npassword_hash = \"$argon2id$"), "{text}");
        assert!(text.contains("roles = [\"clerk\"]\nemail = \"joe@localhost\"\n"), "{text}");
        shop.try_login("joe", NEW_PASSWORD).await.expect(200);
        ann.put("/auth/users/joe", json!({"roles": ["viewer"], "disabled": true})).await.expect(200);
        assert!(shop.text().contains("roles = [\"viewer\"]\nemail = \"joe@localhost\"\nactive = false\n"));
        let revision = shop.revision();
        let shop = shop.restart().await;
        assert_eq!(shop.revision(), revision);
        shop.server.operator().delete(&user("joe")).await.expect(204);
        assert_eq!(shop.text(), shop_text());
    }

    async fn a_world_file_changes_it_like_any_request(backend: Backend) {
        let shop = Shop::open(backend).await;
        let world = json!({"users": [
            {"realm": "file", "username": "ann", "full_name": "Ann"},
            {"realm": "file", "username": "joe", "password_hash": BCRYPT, "roles": ["clerk"]},
        ]});
        let operator = shop.server.operator();
        operator.post("/api/v1/world?plan=true&prune=true", world.clone()).await.expect(200);
        assert_eq!(shop.text(), shop_text());
        operator.post("/api/v1/world?prune=true", world).await.expect(200);
        let text = shop.text();
        assert!(!text.contains("jane") && text.contains("full_name = \"Ann\""), "{text}");
        let joe = format!("[users.joe]\npassword_hash = \"{BCRYPT}\"\nroles = [\"clerk\"]\n");
        assert!(text.contains(&joe), "{text}");
        let revision = shop.revision();
        assert_eq!(shop.restart().await.revision(), revision);
    }

    async fn who_is_erased_is_not_in_the_file(backend: Backend) {
        let shop = Shop::open(backend).await;
        let input = json!({"user": "jane@file", "anonymize": true, "confirm": true});
        shop.sign_in("ann").await.post("/gdpr/delete", input).await.expect(204);
        let text = shop.text();
        assert!(!text.contains("jane") && !text.contains("Jane") && text.contains("[users.ann]"), "{text}");
        let revision = shop.revision();
        assert_eq!(shop.restart().await.revision(), revision);
    }

    async fn what_somebody_else_has_written_is_not_lost(backend: Backend) {
        let shop = Shop::open(backend).await;
        let operator = shop.server.operator();
        shop.change("Jane Roe", "Jane Doe");
        let disable = format!("{}/disable", user("jane"));
        let answer = operator.post(&disable, json!({})).await.expect(409);
        assert!(answer.body_text().contains("auth.toml"), "{}", answer.body_text());
        assert!(shop.text().contains("Jane Doe") && !shop.text().contains("active"));
        assert_eq!(shop.user("jane").await["state"], "active", "the database went on alone");
        shop.look().await;
        operator.post(&disable, json!({})).await.expect(200);
        assert!(shop.text().contains("Jane Doe") && shop.text().contains("active = false"));
    }

    async fn parallel_changes_are_all_there(backend: Backend) {
        let shop = Shop::open(backend).await;
        let made = (0..8).map(|number| {
            let operator = shop.server.operator();
            tokio::spawn(async move {
                let new = json!({"username": format!("u{number}")});
                operator.post("/api/v1/realms/file/users", new).await.expect(201);
            })
        });
        for one in made.collect::<Vec<_>>() {
            one.await.unwrap();
        }
        let text = shop.text();
        assert!((0..8).all(|number| text.contains(&format!("[users.u{number}]"))), "{text}");
        let revision = shop.revision();
        assert_eq!(shop.restart().await.revision(), revision);
    }

    async fn an_editor_and_the_server_lose_nothing_of_each_other(backend: Backend) {
        let shop = Shop::open(backend).await;
        let operator = shop.server.operator();
        let mut done = 0;
        for number in 0..12 {
            // The editor saves at any moment, and knows nothing of locks.
            if number % 3 == 0 {
                shop.save(&format!("{}# {number}\n", shop.text()));
            }
            let new = json!({"username": format!("u{number}")});
            let answer = operator.post("/api/v1/realms/file/users", new).await;
            let made = answer.status == 201;
            assert!(made || answer.status == 409, "{}", answer.body_text());
            assert_eq!(made, shop.text().contains(&format!("[users.u{number}]")));
            done += usize::from(made);
            shop.look().await;
        }
        assert!(done >= 8, "{done}");
        assert!([0, 3, 6, 9].iter().all(|number| shop.text().contains(&format!("# {number}\n"))));
    }

    async fn a_link_is_read_and_never_replaced(backend: Backend) {
        let mut shop = Shop::open(backend).await;
        let target = shop.directory.path().join("mounted.toml");
        fs::rename(&shop.path, &target).unwrap();
        symlink(&target, &shop.path).unwrap();
        shop = shop.restart().await;
        shop.try_login("jane", PASSWORD).await.expect(200);
        let disable = format!("{}/disable", user("jane"));
        let answer = shop.server.operator().post(&disable, json!({})).await.expect(409);
        assert!(answer.body_text().contains("symbolic link"), "{}", answer.body_text());
        assert!(fs::symlink_metadata(&shop.path).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), shop_text());
        shop.try_login("jane", PASSWORD).await.expect(200);
        // What it points to is changed by whoever mounts it.
        fs::write(&target, shop_text().replace("[users.jane]", "[users.jane]\nactive = false")).unwrap();
        shop.look().await;
        shop.try_login("jane", PASSWORD).await.expect(401);
    }

    async fn what_cannot_be_written_changes_nothing(backend: Backend) {
        let shop = Shop::open(backend).await;
        let operator = shop.server.operator();
        // A directory in the place of what is written first: nobody can, not even root.
        let in_the_way = shop.directory.path().join(".auth.toml.new");
        fs::create_dir(&in_the_way).unwrap();
        let jane = shop.sign_in("jane").await;
        let change = json!({"old_password": PASSWORD, "new_password": NEW_PASSWORD});
        jane.post("/auth/password", change.clone()).await.expect(409);
        operator.delete(&user("jane")).await.expect(409);
        assert_eq!(shop.text(), shop_text());
        shop.try_login("jane", PASSWORD).await.expect(200);
        fs::remove_dir(&in_the_way).unwrap();
        jane.post("/auth/password", change).await.expect(204);
    }

    async fn others_who_may_read_it_stop_the_writing(backend: Backend) {
        let shop = Shop::open(backend).await;
        fs::set_permissions(&shop.path, fs::Permissions::from_mode(0o644)).unwrap();
        let disable = format!("{}/disable", user("jane"));
        shop.server.operator().post(&disable, json!({})).await.expect(409);
        shop.look().await;
        assert!(shop.refused().await.contains("chmod 600"));
        assert_eq!(shop.mode(), 0o644);
    }
}
