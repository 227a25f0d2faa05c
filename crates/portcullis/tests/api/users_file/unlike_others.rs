//! What is refused in the realm of the file, because the file could not say it.

use serde_json::json;
use testkit::{Backend, on_both};

use super::{Shop, shop_text, user};

on_both! {
    async fn other_names_are_given_in_the_file(backend: Backend) {
        let shop = Shop::open(backend).await;
        let answer = shop.server.operator().patch(&user("jane"), json!({"username": "janet"})).await;
        assert!(answer.expect(409).body_text().contains("auth.toml"));
        assert_eq!(shop.user("jane").await["username"], "jane");
        assert_eq!(shop.text(), shop_text());
    }

    async fn an_address_that_nobody_has_verified_is_not_written(backend: Backend) {
        let shop = Shop::open(backend).await;
        let jane = shop.sign_in("jane").await;
        // No mail is sent here, so it would count at once, as what she claims.
        jane.put("/auth/profile", json!({"email": "ann@example.com"})).await.expect(409);
        assert_eq!(shop.user("jane").await["email"], "jane@example.com");
        jane.put("/auth/profile", json!({"full_name": "Jane R."})).await.expect(200);
        assert_eq!(shop.text(), shop_text().replace("Jane Roe", "Jane R."));
    }

    async fn the_realm_stays(backend: Backend) {
        let shop = Shop::with(backend, "[roles.clerk]\n").await;
        let answer = shop.server.operator().delete("/api/v1/realms/file").await;
        assert!(answer.expect(409).body_text().contains("auth.toml"));
        shop.server.operator().get("/api/v1/realms/file").await.expect(200);
    }

    async fn who_may_less_may_no_more_by_the_file(backend: Backend) {
        let shop = Shop::open(backend).await;
        let jane = shop.sign_in("jane").await;
        let before = shop.text();
        jane.post("/auth/users", json!({"username": "x", "password": "seventeen green bottles"})).await.expect(404);
        jane.post(&format!("{}/disable", user("ann")), json!({})).await.expect(404);
        jane.put("/api/v1/roles/clerk", json!({"rules": ["*"]})).await;
        shop.server.anonymous().delete(&user("ann")).await.expect(401);
        assert_eq!(shop.text(), before);
        assert!(!shop.may("jane", "anything").await);
    }

    async fn who_is_gone_is_the_databases_until_he_is_switched_on(backend: Backend) {
        let shop = Shop::open(backend).await;
        let operator = shop.server.operator();
        let text = shop.text();
        let start = text.find("# Since March").unwrap();
        let end = text.find("[users.ann]").unwrap();
        shop.save(&format!("{}{}", &text[..start], &text[end..]));
        shop.look().await;
        let without = shop.text();
        operator.patch(&user("jane"), json!({"full_name": "J."})).await.expect(200);
        assert_eq!(shop.text(), without);
        operator.post(&format!("{}/enable", user("jane")), json!({})).await.expect(200);
        assert!(shop.text().contains("[users.jane]\npassword_hash = "), "{}", shop.text());
        operator.delete(&user("jane")).await.expect(204);
        assert_eq!(shop.text(), without);
    }

    async fn users_elsewhere_do_not_come_into_the_file(backend: Backend) {
        let shop = Shop::open(backend).await;
        shop.server.user("kim", &["clerk"]).await;
        let operator = shop.server.operator();
        operator.delete("/api/v1/realms/main/users/kim").await.expect(204);
        assert_eq!(shop.text(), shop_text());
    }
}
