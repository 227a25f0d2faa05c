//! A file that is not good, and one that is gone for a moment.

use std::fs;

use serde_json::json;
use testkit::{Backend, on_both};

use super::{ARGON2ID, PASSWORD, Shop, user, write_new};

on_both! {
    async fn a_bad_file_leaves_the_last_good_one_in_force(backend: Backend) {
        let shop = Shop::open(backend).await;
        let good = shop.text();
        let jane = shop.sign_in("jane").await;
        for (bad, reason) in [
            (good.replace("[users.ann]", "[users.ann"), "line"),
            (good.replace("superuser", "superusr"), "unknown key \"superusr\""),
            (good.replace(ARGON2ID, "$2b$hash-that-is-none"), "users.jane.password_hash"),
            (good.replace("roles = [\"clerk\"]", "roles = [\"boss\"]"), "users.jane.roles"),
            (good.replace("sql:crm:*", "sql:crm*"), "roles.clerk.permissions"),
            (good.replace("[roles.clerk]", "[roles.admin]"), "roles.admin"),
            (good.replace("[users.ann]", "[users.JANE]"), "one name"),
        ] {
            shop.save(&bad);
            shop.look().await;
            let why = shop.refused().await;
            assert!(why.contains(reason), "{reason}: {why}");
            assert!(!why.contains("hash-that") && !why.contains("gYJZtj"), "{why}");
            jane.get("/auth/me").await.expect(200);
            assert!(shop.may("jane", "sql:crm:x").await && shop.may("ann", "settings:access").await);
        }
        assert_eq!(shop.events("users_file.refused").await, 7);
        // The reason names users: whoever may only read hears that there is one.
        let eve = shop.server.user("eve", &["viewer"]).await;
        let status = eve.get("/status").await.expect(200).body["users_file"].clone();
        assert_eq!((&status["current"], status.get("refused")), (&json!(false), None));
        // Nothing that the file says is changed meanwhile: it would be lost, or make a bad file good.
        let disable = format!("{}/disable", user("jane"));
        shop.server.operator().post(&disable, json!({})).await.expect(409);
        shop.server.operator().get("/readyz").await.expect(200);
        shop.save(&good);
        shop.look().await;
        assert_eq!(shop.refused().await, "");
    }

    async fn a_file_that_is_gone_for_a_moment_switches_nobody_off(backend: Backend) {
        let shop = Shop::open(backend).await;
        let jane = shop.sign_in("jane").await;
        shop.boss().await;
        let (file, system) = (shop.server.app.users_file().unwrap(), shop.server.app.system());
        let text = shop.text();
        for _ in 0..3 {
            fs::remove_file(&shop.path).unwrap();
            file.look(system).await;
            jane.get("/auth/me").await.expect(200);
            // Emptied before it is written.
            write_new(&shop.path, "");
            file.look(system).await;
            jane.get("/auth/me").await.expect(200);
            shop.save(&text);
            file.look(system).await;
        }
        shop.look().await;
        jane.get("/auth/me").await.expect(200);
        // Gone for good it says that there is nobody.
        fs::remove_file(&shop.path).unwrap();
        shop.look().await;
        jane.get("/auth/me").await.expect(401);
        shop.save(&text);
        shop.look().await;
        shop.try_login("jane", PASSWORD).await.expect(200);
    }
}
