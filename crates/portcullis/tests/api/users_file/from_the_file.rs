//! What the file says is so, and what somebody changes there is so at the next look.

use serde_json::json;
use testkit::{Backend, on_both};

use super::{
    ARGON2ID, BCRYPT, NEW_PASSWORD, PASSWORD, SCRYPT, Shop, shop_text, to_the_file::hash_of, user,
};

on_both! {
    async fn its_users_sign_in_with_hashes_of_all_kinds(backend: Backend) {
        let text = format!(
            "[users.a]\npassword_hash = \"{ARGON2ID}\"\n[users.b]\npassword_hash = \"{BCRYPT}\"\n\
             [users.c]\npassword_hash = \"{SCRYPT}\"\n[users.d]\n"
        );
        let shop = Shop::with(backend, &text).await;
        for name in ["a", "b", "c"] {
            shop.try_login(name, "wrong").await.expect(401);
            shop.try_login(name, PASSWORD).await.expect(200);
        }
        shop.try_login("d", PASSWORD).await.expect(401);
        shop.try_login("e", PASSWORD).await.expect(401);
    }

    async fn they_are_what_it_says(backend: Backend) {
        let shop = Shop::open(backend).await;
        let jane = shop.user("jane").await;
        assert_eq!(jane["email"], "jane@example.com");
        assert_eq!(jane["email_verified"], true);
        assert_eq!(jane["full_name"], "Jane Roe");
        assert_eq!(jane["superuser"], false);
        assert_eq!(shop.user("ann").await["superuser"], true);
        assert!(shop.may("jane", "sql:crm:customers").await);
        assert!(!shop.may("jane", "sql:crm:customers_delete").await);
        assert!(!shop.may("jane", "sql:hr:pay").await);
        assert!(shop.may("ann", "settings:access").await);
    }

    async fn the_same_file_changes_nothing(backend: Backend) {
        let shop = Shop::open(backend).await;
        let applied = shop.events("users_file.apply").await;
        let revision = shop.revision();
        shop.save(&shop.text());
        shop.look().await;
        shop.save(&format!("# Another comment.\n{}", shop.text()));
        shop.look().await;
        assert_eq!(shop.revision(), revision);
        let shop = shop.restart().await;
        assert_eq!((shop.revision(), shop.events("users_file.apply").await), (revision, applied));
    }

    async fn who_is_switched_off_is_refused_in_the_next_request(backend: Backend) {
        let shop = Shop::open(backend).await;
        let jane = shop.sign_in("jane").await;
        jane.get("/auth/me").await.expect(200);
        shop.change("full_name", "active = false\nfull_name");
        shop.look().await;
        jane.get("/auth/me").await.expect(401);
        shop.try_login("jane", PASSWORD).await.expect(401);
        assert!(!shop.may("jane", "sql:crm:customers").await);
        shop.change("active = false\n", "");
        shop.look().await;
        shop.try_login("jane", PASSWORD).await.expect(200);
    }

    async fn another_hash_is_another_password(backend: Backend) {
        let shop = Shop::open(backend).await;
        let jane = shop.sign_in("jane").await;
        let hash = hash_of(NEW_PASSWORD);
        shop.change(&format!("{ARGON2ID}\" # made"), &format!("{hash}\" # made"));
        shop.look().await;
        jane.get("/auth/me").await.expect(401);
        shop.try_login("jane", PASSWORD).await.expect(401);
        shop.try_login("jane", NEW_PASSWORD).await.expect(200);
        // Without one there is no sign-in with a password.
        shop.change(&format!("password_hash = \"{hash}\" # made by hand\n"), "");
        shop.look().await;
        shop.try_login("jane", NEW_PASSWORD).await.expect(401);
        shop.try_login("jane", "").await.expect(401);
    }

    async fn another_role_shows_in_the_next_request(backend: Backend) {
        let shop = Shop::open(backend).await;
        let jane = shop.sign_in("jane").await;
        let ask = async || {
            let answer = jane.post("/api/v1/access/decide", json!({"permission": "sql:crm:x"})).await;
            answer.expect(200).text_at("/decision").to_owned()
        };
        assert_eq!(ask().await, "allow");
        shop.change("roles = [\"clerk\"]", "roles = []");
        shop.look().await;
        assert_eq!(ask().await, "deny");
        shop.change("roles = []", "roles = [\"viewer\", \"clerk\"]");
        shop.look().await;
        assert_eq!(ask().await, "allow");
    }

    async fn who_is_gone_is_switched_off_and_kept(backend: Backend) {
        let shop = Shop::open(backend).await;
        let jane = shop.sign_in("jane").await;
        let id = shop.user("jane").await["id"].clone();
        let all = shop.text();
        shop.save(&format!("[users.ann]\npassword_hash = \"{ARGON2ID}\"\nsuperuser = true\n"));
        shop.look().await;
        jane.get("/auth/me").await.expect(401);
        assert_eq!(shop.user("jane").await["state"], "disabled");
        assert!(!shop.may("jane", "sql:crm:x").await);
        // Who is back is the same as before, and signs in anew.
        shop.save(&all);
        shop.look().await;
        assert_eq!(shop.user("jane").await["id"], id);
        jane.get("/auth/me").await.expect(401);
        shop.sign_in("jane").await.get("/auth/me").await.expect(200);
        assert!(shop.may("jane", "sql:crm:x").await);
    }

    async fn a_superuser_who_is_gone_is_none(backend: Backend) {
        let shop = Shop::open(backend).await;
        shop.boss().await;
        let ann = shop.sign_in("ann").await;
        shop.change(&format!("[users.ann]\npassword_hash = \"{ARGON2ID}\"\nsuperuser = true\n"), "");
        shop.look().await;
        ann.get("/status").await.expect(401);
        let gone = shop.user("ann").await;
        assert_eq!((&gone["superuser"], &gone["state"]), (&json!(false), &json!("disabled")));
    }

    async fn the_last_superuser_stays_and_the_file_with_him(backend: Backend) {
        let shop = Shop::open(backend).await;
        shop.change("superuser = true", "superuser = false");
        shop.change("roles = [\"clerk\"]", "roles = []");
        shop.look().await;
        let why = shop.refused().await;
        assert!(why.contains("users.ann") && why.contains("last active superuser"), "{why}");
        assert!(shop.may("ann", "settings:access").await);
        assert!(shop.may("jane", "sql:crm:x").await, "a part of the file was taken");
        // One goes when another comes.
        shop.change("full_name", "superuser = true\nfull_name");
        for _ in 0..12 {
            shop.look().await;
        }
        assert_eq!(shop.refused().await, "");
        assert!(shop.may("jane", "settings:access").await && !shop.may("ann", "settings:access").await);
    }

    async fn what_the_file_does_not_say_is_the_databases(backend: Backend) {
        let shop = Shop::open(backend).await;
        let operator = shop.server.operator();
        operator.post(&format!("{}/lock", user("jane")), json!({})).await.expect(200);
        let patch = json!({"attributes": {"grade": 3}, "expires_at": "2030-01-01T00:00:00Z"});
        operator.patch(&user("jane"), patch).await.expect(200);
        let role = json!({"name": "guest", "rules": ["guest:see"]});
        operator.post("/api/v1/roles", role).await.expect(201);
        let assignment = json!({"subject": "/file/jane", "role": "guest"});
        operator.post("/api/v1/assignments", assignment).await.expect(201);
        assert_eq!(shop.text(), shop_text());
        shop.change("Jane Roe", "Jane Doe");
        shop.look().await;
        let jane = shop.user("jane").await;
        assert_eq!((&jane["full_name"], &jane["state"]), (&json!("Jane Doe"), &json!("locked")));
        assert_eq!(jane["attributes"]["grade"], 3);
        operator.post(&format!("{}/unlock", user("jane")), json!({})).await.expect(200);
        assert!(shop.may("jane", "guest:see").await);
    }

    async fn names_in_other_letters_are_one(backend: Backend) {
        let shop = Shop::open(backend).await;
        let id = shop.user("jane").await["id"].clone();
        shop.change("[users.jane]", "[users.Jane]");
        shop.look().await;
        let jane = shop.user("jane").await;
        assert_eq!((&jane["id"], &jane["username"]), (&id, &json!("Jane")));
        shop.change("[users.ann]", "[users.JANE]\n[users.ann]");
        shop.look().await;
        assert!(shop.refused().await.contains("are one name"));
    }

    async fn a_file_of_nobody_says_nothing(backend: Backend) {
        let shop = Shop::with(backend, "").await;
        assert_eq!(shop.refused().await, "");
        shop.save(&shop_with_few());
        shop.look().await;
        shop.try_login("jane", PASSWORD).await.expect(200);
    }
}

fn shop_with_few() -> String {
    shop_text().replace("superuser = true", "superuser = false")
}
