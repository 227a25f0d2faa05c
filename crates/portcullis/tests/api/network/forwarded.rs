//! Whose word on the client's address counts.

use testkit::{Backend, on_both};

use super::{behind_a_proxy, from, make};
use crate::harness::Server;

/// A route that answers everybody who comes in.
const OPEN: &str = "/openapi.json";

on_both! {
    async fn a_stranger_cannot_say_where_he_is(backend: Backend) {
        let server = Server::start(backend).await;
        make(&server, &[("allow", "10.0.0.0/8")]).await;
        let anonymous = server.anonymous();
        anonymous.get(OPEN).await.expect(403);
        for (name, value) in [
            ("x-forwarded-for", "10.1.2.3"), ("forwarded", "for=10.1.2.3"), ("x-real-ip", "10.1.2.3"),
            ("client-ip", "10.1.2.3"), ("true-client-ip", "10.1.2.3"), ("cf-connecting-ip", "10.1.2.3"),
            ("x-client-ip", "10.1.2.3"), ("x-original-forwarded-for", "10.1.2.3"),
        ] {
            anonymous.with_header(name, value).get(OPEN).await.expect(403);
        }
    }

    async fn what_a_client_writes_before_its_proxy_does_not_count(backend: Backend) {
        let server = behind_a_proxy(backend).await;
        make(&server, &[("allow", "10.0.0.0/8")]).await;
        let anonymous = server.anonymous();
        from(&anonymous, "10.1.2.3").get(OPEN).await.expect(200);
        for spoofed in [
            "10.1.2.3, 203.0.113.9", "10.1.2.3,10.1.2.4,203.0.113.9, 127.0.0.1", "10.1.2.3, unknown", "unknown",
            "10.1.2.3, ", "", "10.1.2.3;203.0.113.9", "10.1.2.3 203.0.113.9",
        ] {
            from(&anonymous, spoofed).get(OPEN).await.expect(403);
        }
        // A proxy that does not write Forwarded passes on the client's.
        from(&anonymous, "203.0.113.9").with_header("forwarded", "for=10.1.2.3").get(OPEN).await.expect(403);
    }

    async fn an_address_has_many_spellings_and_is_one(backend: Backend) {
        let server = behind_a_proxy(backend).await;
        make(&server, &[("block", "203.0.113.0/24"), ("block", "2001:db8::/32")]).await;
        let anonymous = server.anonymous();
        for blocked in [
            "203.0.113.9", "::ffff:203.0.113.9", "::FFFF:cb00:7109", "203.0.113.9:4711", "[2001:db8::1]:443",
            "2001:DB8:0:0:0:0:0:1", "2001:0db8::1",
        ] {
            from(&anonymous, blocked).get(OPEN).await.expect(403);
        }
        for admitted in ["203.0.114.9", "2001:db9::1", "::1"] {
            from(&anonymous, admitted).get(OPEN).await.expect(200);
        }
    }
}
