//! Passwords that other systems hashed: they are good, and hashed anew at the first sign-in.

use store::Run;
use testkit::{Backend, on_both};

use super::try_login;
use crate::harness::{PASSWORD, Server};

/// From the test vectors of OpenBSD's bcrypt: `U*U`, at cost 5.
const BCRYPT: &str = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

on_both! {
    async fn an_old_hash_is_replaced_at_sign_in(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let database = server.app.system().database();
        let jane = "SELECT COUNT(*) FROM password_credential WHERE hash LIKE $1";
        let sql = "UPDATE password_credential SET hash = $1
            WHERE user_id = (SELECT id FROM node WHERE name = 'jane')";
        database.single().execute(sql, [BCRYPT.into()]).await.unwrap();
        try_login(&server, "jane", "U*V").await.expect(401);
        assert_eq!(database.single().number(jane, ["$2a$%".into()]).await.unwrap(), 1);
        try_login(&server, "jane", "U*U").await.expect(200);
        assert_eq!(database.single().number(jane, ["$2a$%".into()]).await.unwrap(), 0);
        assert_eq!(database.single().number(jane, ["$argon2id$%".into()]).await.unwrap(), 2);
        try_login(&server, "jane", "U*U").await.expect(200);
    }

    async fn another_cost_counts_from_the_next_sign_in(backend: Backend) {
        let server = Server::start(backend).await;
        server.user("jane", &[]).await;
        let server = server.restart(&[("password_hash_cost", "m=9216,t=4,p=1")]).await;
        let count = "SELECT COUNT(*) FROM password_credential WHERE hash LIKE $1";
        let stored = async |form: &str| {
            server.app.system().database().single().number(count, [form.into()]).await.unwrap()
        };
        assert_eq!(stored("%m=19456,t=2,p=1%").await, 2);
        try_login(&server, "jane", PASSWORD).await.expect(200);
        server.user("joe", &[]).await;
        assert_eq!((stored("%m=19456,t=2,p=1%").await, stored("%m=9216,t=4,p=1%").await), (1, 2));
        try_login(&server, "jane", PASSWORD).await.expect(200);
    }
}
