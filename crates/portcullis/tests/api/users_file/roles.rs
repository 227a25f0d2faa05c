//! Roles of the file.

use serde_json::json;
use testkit::{Backend, on_both};

use super::{Shop, shop_text};

on_both! {
    async fn other_rules_show_at_once_both_ways(backend: Backend) {
        let shop = Shop::open(backend).await;
        assert!(!shop.may("jane", "sql:crm:customers_delete").await);
        shop.change("\"!sql:crm:customers_delete\"", "\"menu:crm:*\"");
        shop.look().await;
        assert!(shop.may("jane", "sql:crm:customers_delete").await && shop.may("jane", "menu:crm:x").await);
        let rules = json!({"rules": ["menu:crm:*", "!menu:crm:admin"]});
        shop.server.operator().put("/api/v1/roles/clerk", rules).await.expect(200);
        assert!(!shop.may("jane", "sql:crm:x").await && !shop.may("jane", "menu:crm:admin").await);
        let text = shop.text();
        assert!(text.contains("permissions = [\"menu:crm:*\", \"!menu:crm:admin\"]"), "{text}");
        assert!(text.contains("[roles.clerk] # whoever serves\n"), "{text}");
        assert!(text.contains("description = \"Serves customers\""), "{text}");
    }

    async fn a_role_that_is_gone_gives_nothing_to_anybody(backend: Backend) {
        let shop = Shop::open(backend).await;
        let operator = shop.server.operator();
        shop.server.user("joe", &["clerk"]).await;
        let asks = json!({"principal": {"type": "user", "realm": "main", "name": "joe"}, "permission": "sql:crm:x"});
        let answer = operator.post("/api/v1/access/decide", asks.clone()).await.expect(200);
        assert_eq!(answer.text_at("/decision"), "allow");
        let text = shop.text();
        let start = text.find("[roles.clerk]").unwrap();
        let end = text.find("# Since March").unwrap();
        let without = format!("{}{}", &text[..start], &text[end..]);
        shop.save(&without.replace("roles = [\"clerk\"]\n", ""));
        shop.look().await;
        assert_eq!(shop.refused().await, "");
        let answer = operator.post("/api/v1/access/decide", asks).await.expect(200);
        assert_eq!(answer.text_at("/decision"), "deny");
        operator.get("/api/v1/roles/clerk").await.expect(404);
        // Its name is free, and what has it then is another role.
        let role = json!({"name": "clerk", "rules": ["other:x"]});
        operator.post("/api/v1/roles", role).await.expect(201);
        assert!(!shop.may("jane", "other:x").await);
    }

    async fn a_role_of_the_database_is_not_taken_over(backend: Backend) {
        let shop = Shop::open(backend).await;
        let operator = shop.server.operator();
        let role = json!({"name": "driver", "rules": ["van:drive"]});
        operator.post("/api/v1/roles", role).await.expect(201);
        shop.save(&format!("{}\n[roles.driver]\npermissions = [\"*\"]\n", shop.text()));
        shop.look().await;
        let why = shop.refused().await;
        assert!(why.contains("roles.driver") && why.contains("not from the file"), "{why}");
        let role = operator.get("/api/v1/roles/driver").await.expect(200);
        assert_eq!(role.body["rules"], json!(["van:drive"]));
    }

    async fn what_the_file_cannot_say_of_a_role_is_refused(backend: Backend) {
        let shop = Shop::open(backend).await;
        let operator = shop.server.operator();
        for change in [
            json!({"name": "other"}),
            json!({"rules": [{"allow": "sql:crm:*", "when": "resource.open == true"}]}),
            json!({"rules": [{"allow": "sql:crm:*", "except": ["sql:crm:x"]}]}),
        ] {
            let answer = operator.put("/api/v1/roles/clerk", change).await.expect(409);
            assert!(answer.body_text().contains("auth.toml"), "{}", answer.body_text());
        }
        assert_eq!(shop.text(), shop_text());
        assert!(shop.may("jane", "sql:crm:x").await);
        operator.delete("/api/v1/roles/clerk").await.expect(409);
        shop.change("roles = [\"clerk\"]\n", "");
        shop.look().await;
        operator.delete("/api/v1/roles/clerk").await.expect(204);
        assert!(!shop.text().contains("roles.clerk") && shop.text().contains("# Since March."));
    }
}
