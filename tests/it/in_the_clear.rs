//! What anybody on the wire between a workstation and its own node can read, as docs/operations.md says it.

use std::sync::{Arc, Mutex};

use carechain_types::Role;

use crate::support::{Network, Proxy, write_study};

/// Everything that passed the proxy in either direction since the last look.
struct Wire {
    proxy: Proxy,
    bytes: Arc<Mutex<Vec<u8>>>,
}

impl Wire {
    fn before(gateway: &str) -> Self {
        let (proxy, bytes) = (Proxy::before(gateway), Arc::new(Mutex::new(Vec::new())));
        let passed = Arc::clone(&bytes);
        proxy.conduct(move |asked, forward| {
            let reply = forward(asked);
            passed.lock().unwrap().extend([&asked.body[..], &reply.body].concat());
            reply
        });
        Self { proxy, bytes }
    }

    /// Which of these words were there to read.
    fn read<'a>(&self, words: &[&'a str]) -> Vec<&'a str> {
        let bytes = std::mem::take(&mut *self.bytes.lock().unwrap());
        assert!(!bytes.is_empty(), "something passed");
        let shows = |word: &&&str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
        words.iter().filter(shows).copied().collect()
    }
}

#[test]
fn words_of_a_record_pass_sealed_but_for_searches_and_what_answers_them() {
    let network = Network::shared();
    let patient = network.person("clear-patient", 1, Role::Patient);
    let author = network.person("clear-author", 1, Role::Doctor);
    write_study(&author.folder.join("study"), 10_000);
    let wire = Wire::before(&network.url(1));
    let words = ["zebrakeyword", "zebra title", "report.txt", "no finding", "zebra reason"];
    let publish = ["publish", "--node", &wire.proxy.url, "--patient", &patient.id];
    author.run(&[&publish, &["--keyword", words[0], "--title", words[1], "study"][..]].concat()).done();
    let ask = ["request", "--node", &wire.proxy.url, "--patient", &patient.id, "--purpose", "TREAT"];
    author.run(&[&ask, &["--reason", words[4]][..]].concat()).done();
    assert_eq!(wire.read(&words), <[&str; 0]>::default(), "publishing and asking show no word");
    let search = ["search", "--node", &wire.proxy.url, "--patient", &patient.id, "--keyword", words[0]];
    let found = author.run(&search).data();
    assert_eq!(found.to_string().matches(words[1]).count(), 1, "{found}");
    assert_eq!(wire.read(&words), [words[0], words[1]], "a search and its answer show keyword and title");
}
