//! The HTTP interface behind TLS: profiles pin the node's certificate, and a renewed one is used while the node runs.

use carechain_types::Role;

use crate::support::{Network, Ran};

fn status(network: &Network, ca: &str) -> Ran {
    network.run(&["node", "status", "--url", &network.url(1), "--ca", ca, "--json"])
}

#[track_caller]
fn check_untrusted(ran: &Ran) {
    assert_eq!(ran.code, 5, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("shows no certificate that the profile trusts"), "{}", ran.stdout);
}

#[test]
fn client_speaks_only_to_the_certificate_that_it_pins_and_a_renewed_one_is_used_at_once() {
    let network = Network::start_encrypted(4);
    assert!(network.url(1).starts_with("https://"));
    // The registrar's profile names the certificate.
    let asked = network.as_registrar(1, &["transaction", "status", &"0".repeat(64), "--json"]);
    assert_eq!(asked.data()["state"], "unknown");
    // So does the profile that `person register` prints for somebody whom that registrar enrols.
    network.person("pinned", 1, Role::Patient).run(&["records"]).done();
    status(&network, "net/node-1/api.pem").done();
    check_untrusted(&status(&network, "net/node-2/api.pem"));
    check_untrusted(&network.run(&["node", "status", "--url", &network.url(1), "--json"]));
    // Renewed while it runs, the files one after the other.
    std::fs::copy(network.path("node-1/api.pem"), network.path("before.pem")).unwrap();
    std::fs::copy(network.path("node-2/api.pem"), network.path("node-1/api.pem")).unwrap();
    status(&network, "net/before.pem").done();
    std::fs::copy(network.path("node-2/api.key"), network.path("node-1/api.key")).unwrap();
    status(&network, "net/node-1/api.pem").done();
    check_untrusted(&status(&network, "net/before.pem"));
}
