//! A gateway that lies, in front of a real network: the client refuses before it seals, and nothing reaches the ledger.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use carechain_client::SystemRandom;
use carechain_crypto::{SealingKeyPair, hash};
use carechain_schema::{Document, ErrorCode, Failure, Route, StatusReport};
use carechain_types::limits::PROOF_BYTES_MAX;
use carechain_types::{
    BoundedVec, PersonValue, Proof, Role, SealingKey, SignedHead, StateKey, StatePath, StateQuery, StateTag,
    StateValue as _, decode, encode, state_proof,
};

use crate::support::{Asked, Forward, Network, Person, Proxy, Ran, Reply, check_same, wait_for};

/// Older than any answer a client accepts.
const OLD: Duration = Duration::from_secs(32);

/// Everybody at hospital 1, whose node the proxy stands before; one record, one open request.
struct Scene {
    network: Arc<Network>,
    proxy: Proxy,
    patient: Person,
    author: Person,
    reader: Person,
    ehr: String,
    request: String,
}

impl Scene {
    fn start(name: &str) -> Self {
        let network = Network::shared();
        let person = |who: &str, role| network.person(&format!("{name}-{who}"), 1, role);
        let (patient, author) = (person("patient", Role::Patient), person("author", Role::Doctor));
        let reader = person("reader", Role::Doctor);
        let ehr = author.publish(&patient, "ct", 100_000);
        let request = reader.request(&patient, &ehr);
        let proxy = Proxy::before(&network.url(1));
        Self { network, proxy, patient, author, reader, ehr, request }
    }

    /// Types a command at the proxy.
    fn through(&self, person: &Person, arguments: &[&str]) -> Ran {
        person.run(&[&["--node", &self.proxy.url], arguments].concat())
    }

    fn approve(&self) -> Ran {
        self.through(&self.patient, &["approve", &self.request])
    }

    fn grant(&self, to: &str) -> Ran {
        self.through(&self.patient, &["grant", &self.ehr, "--to", to])
    }

    /// Everything that seals something to somebody.
    fn seal_attempts(&self) -> [Ran; 4] {
        let (patient, reader) = (&self.patient.id, &self.reader.id);
        let ask =
            ["request", "--patient", patient, "--ehr", &self.ehr, "--purpose", "TREAT", "--reason", "x"];
        [
            self.through(&self.author, &["publish", "--patient", patient, "study"]),
            self.through(&self.reader, &ask),
            self.approve(),
            self.grant(reader),
        ]
    }

    /// With this lie every one of them ends before anything is sealed.
    #[track_caller]
    fn check_nothing_is_sealed(
        &self,
        code: ErrorCode,
        lie: impl Fn(&Asked, Forward<'_>) -> Reply + Send + Sync + 'static,
    ) {
        self.proxy.conduct(lie);
        for ran in self.seal_attempts() {
            ran.failed(i32::from(code.exit_status().code()), code.as_str());
        }
        self.check_nothing_was_sent();
    }

    #[track_caller]
    fn check_nothing_was_sent(&self) {
        assert_eq!(self.proxy.calls(Route::SUBMIT.path), 0, "no transaction was sent");
        assert_eq!(self.proxy.calls(Route::UPLOAD_OPEN.path), 0, "no upload was opened");
        let spool = self.author.folder.join("state").join(&self.author.name).join("spool");
        assert_eq!(std::fs::read_dir(spool).unwrap().count(), 0, "nothing was sealed into the spool");
    }

    /// What the ledger has, as an honest gateway proves it: records, grants, requests that are open.
    fn on_the_ledger(&self) -> (usize, usize, usize) {
        let list = |typed: &str| self.patient.run(&[typed]).data()[typed].as_array().unwrap().clone();
        let open = list("requests").iter().filter(|request| request["status"] == "open").count();
        (list("records").len(), list("grants").len(), open)
    }
}

/// Edits the proofs of state and lists on their way.
fn edited(asked: &Asked, forward: Forward<'_>, edit: impl Fn(&mut Proof)) -> Reply {
    let mut reply = forward(asked);
    if reply.status == 200 && (asked.is(Route::STATE.path) || asked.is(Route::LIST.path)) {
        let mut proof: Proof = decode(&reply.body, PROOF_BYTES_MAX).unwrap();
        edit(&mut proof);
        reply.body = encode(&proof);
    }
    reply
}

fn state_keys(asked: &Asked) -> Vec<StateKey> {
    let query: Option<StateQuery> =
        asked.is(Route::STATE.path).then(|| decode(&asked.body, 1 << 16).unwrap());
    query.map(|query| query.keys.into_inner()).unwrap_or_default()
}

/// Puts a key of the liar's in place of every person's.
fn swap_sealing_keys(proof: &mut Proof) {
    let own = SealingKey::x25519(SealingKeyPair::generate(&mut SystemRandom).public());
    for claim in proof.claims.as_mut_slice().iter_mut().filter(|claim| claim.key.tag == StateTag::Person) {
        let mut person = PersonValue::from_bytes(claim.value.as_deref().unwrap()).unwrap();
        for period in person.sealing_keys.as_mut_slice() {
            period.key = own.clone();
        }
        claim.value = Some(BoundedVec::new(person.to_bytes()).unwrap());
    }
}

/// Makes a tree of the claims alone, and puts its root into the header.
fn grow_own_tree(proof: &mut Proof) {
    let claims = proof.claims.clone();
    let present = claims.iter().filter_map(|claim| Some((claim.key.hash(), claim.value.as_deref()?)));
    let entries: Vec<_> = present.collect();
    proof.header.state_root = state_proof::root_of(entries.iter().copied());
    for claim in proof.claims.as_mut_slice() {
        claim.path = StatePath::of(&entries, &claim.key.hash());
    }
}

#[test]
fn false_keys_and_cut_proofs_make_nobody_seal() {
    let scene = Scene::start("false-keys");
    let before = scene.on_the_ledger();
    assert_eq!(before, (1, 0, 1));
    scene.check_nothing_is_sealed(ErrorCode::ProofRefused, |asked, forward| {
        edited(asked, forward, swap_sealing_keys)
    });
    scene.check_nothing_is_sealed(ErrorCode::ProofRefused, |asked, forward| {
        edited(asked, forward, |proof| {
            swap_sealing_keys(proof);
            grow_own_tree(proof);
        })
    });
    // What is there is shown absent.
    scene.check_nothing_is_sealed(ErrorCode::ProofRefused, |asked, forward| {
        edited(asked, forward, |proof| proof.claims.as_mut_slice()[0].value = None)
    });
    // A proof cut short.
    scene.check_nothing_is_sealed(ErrorCode::ProofRefused, |asked, forward| {
        let mut reply = forward(asked);
        if asked.is(Route::STATE.path) {
            reply.body.truncate(reply.body.len() / 2);
        }
        reply
    });
    assert_eq!(scene.on_the_ledger(), before);
}

#[test]
fn answers_to_another_question_and_parts_changed_on_the_way_are_refused() {
    let scene = Scene::start("other-answers");
    let before = scene.on_the_ledger();
    // The honest proof of the author stands where one of the reader was asked for.
    let author = StateKey::person(&scene.author.id.parse().unwrap());
    let reader = StateKey::person(&scene.reader.id.parse().unwrap());
    scene.proxy.conduct(move |asked, forward| {
        if state_keys(asked) != [reader] {
            return forward(asked);
        }
        let honest = forward(asked);
        let proof: Proof = decode(&honest.body, PROOF_BYTES_MAX).unwrap();
        let mut lie = proof.clone();
        lie.claims.as_mut_slice()[0].key = author;
        Reply { body: encode(&lie), ..honest }
    });
    scene.grant(&scene.reader.id).failed(1, "proof_refused");
    scene.check_nothing_was_sent();
    // The sealed address of the patient's record with one byte changed.
    scene.proxy.conduct(|asked, forward| {
        let mut reply = forward(asked);
        if asked.is("/v1/parts") {
            *reply.body.last_mut().unwrap() ^= 1;
        }
        reply
    });
    let message = scene.approve().failed(1, "proof_refused");
    assert!(message.contains("digest"), "{message}");
    scene.check_nothing_was_sent();
    // What exists is said not to: nothing is sealed for want of it.
    let no = Document::<StatusReport>::failed(Failure::not_found());
    let no = serde_json::to_vec(&no).unwrap();
    scene.proxy.conduct(move |asked, forward| match asked.is(Route::STATE.path) {
        true => Reply::refusal(404, &no),
        false => forward(asked),
    });
    for ran in scene.seal_attempts() {
        ran.failed(4, "not_found");
    }
    scene.check_nothing_was_sent();
    // A node of another ledger.
    scene.proxy.conduct(|asked, forward| {
        let mut reply = forward(asked);
        if asked.is(Route::NODE.path) {
            let mut status: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
            status["data"]["chain_id"] = hash(b"another ledger").to_hex().into();
            reply.body = serde_json::to_vec(&status).unwrap();
        }
        reply
    });
    scene.approve().failed(1, "wrong_chain");
    assert_eq!(scene.on_the_ledger(), before);
}

type Heads = Option<BoundedVec<SignedHead, { carechain_types::limits::REPLICAS_MAX }>>;

/// Puts some heads in place of the answer's own.
fn with_heads(
    change: impl Fn(&Heads) -> Heads + Send + Sync + 'static,
) -> impl Fn(&Asked, Forward<'_>) -> Reply + Send + Sync + 'static {
    move |asked, forward| edited(asked, forward, |proof| proof.heads = change(&proof.heads))
}

fn heads_of(heads: &Heads, change: impl Fn(&mut Vec<SignedHead>)) -> Heads {
    let mut heads = heads.as_ref().unwrap().to_vec();
    change(&mut heads);
    Some(BoundedVec::new(heads).unwrap())
}

/// State answers by what was asked, as they were once.
type Answers = Arc<Mutex<BTreeMap<Vec<StateKey>, Vec<u8>>>>;

#[test]
fn stale_keys_and_old_heads_make_nobody_seal_slow() {
    let scene = Scene::start("stale");
    let gone = scene.network.person("stale-gone", 1, Role::Doctor);
    // A colleague is granted a record, and everything that was proven for it is kept.
    let kept: Answers = Arc::default();
    let keeping = Arc::clone(&kept);
    scene.proxy.conduct(move |asked, forward| {
        let reply = forward(asked);
        if asked.is(Route::STATE.path) && reply.status == 200 {
            keeping.lock().unwrap().insert(state_keys(asked), reply.body.clone());
        }
        reply
    });
    scene.grant(&gone.id).done();
    let taken = Instant::now();
    let before = scene.on_the_ledger();
    // The colleague's standing ends: nobody may seal to that key any more.
    scene.network.as_registrar(1, &["person", "suspend", &gone.id]).done();
    scene.proxy.conduct(|asked, forward| forward(asked));
    scene.grant(&gone.id).failed(3, "refused");
    scene.check_nothing_was_sent();

    // The old answer about the colleague, after a newer one about the record.
    let key = vec![StateKey::person(&gone.id.parse().unwrap())];
    let (answers, only) = (Arc::clone(&kept), key.clone());
    scene.proxy.conduct(move |asked, forward| match answers.lock().unwrap().get(&state_keys(asked)) {
        Some(old) if state_keys(asked) == only => Reply { body: old.clone(), ..forward(asked) },
        _ => forward(asked),
    });
    let message = scene.grant(&gone.id).failed(1, "stale");
    assert!(message.contains("height"), "{message}");
    scene.check_nothing_was_sent();
    // The old proof under new heads.
    let (answers, only) = (Arc::clone(&kept), key.clone());
    scene.proxy.conduct(move |asked, forward| {
        let mut reply = forward(asked);
        if state_keys(asked) == only {
            let new: Proof = decode(&reply.body, PROOF_BYTES_MAX).unwrap();
            let mut old: Proof = decode(&answers.lock().unwrap()[&only], PROOF_BYTES_MAX).unwrap();
            old.heads = new.heads;
            reply.body = encode(&old);
        }
        reply
    });
    scene.grant(&gone.id).failed(1, "stale");
    scene.check_nothing_was_sent();
    wrong_numbers_of_heads(&scene);

    let old: Proof = decode(&kept.lock().unwrap()[&key], PROOF_BYTES_MAX).unwrap();
    wait_for("the old answers to be old", || (taken.elapsed() > OLD).then_some(()));
    old_heads(&scene, old.heads);
    // Everything as it was before the colleague was suspended.
    let answers = Arc::clone(&kept);
    scene.proxy.conduct(move |asked, forward| {
        let reply = forward(asked);
        match answers.lock().unwrap().get(&state_keys(asked)) {
            Some(old) => Reply { body: old.clone(), ..reply },
            None => reply,
        }
    });
    scene.grant(&gone.id).failed(1, "clock_off");
    scene.check_nothing_was_sent();
    assert_eq!(scene.on_the_ledger(), before);
}

fn wrong_numbers_of_heads(scene: &Scene) {
    scene.check_nothing_is_sealed(ErrorCode::Stale, with_heads(|_| None));
    for change in [
        |heads: &mut Vec<SignedHead>| heads.truncate(2),
        |heads: &mut Vec<SignedHead>| heads[1] = heads[0],
        |heads: &mut Vec<SignedHead>| heads.swap(0, 1),
        |heads: &mut Vec<SignedHead>| {
            heads[0].head.time = heads[0].head.time.after(carechain_types::Span::SECOND)
        },
    ] {
        scene.proxy.conduct(with_heads(move |heads| heads_of(heads, change)));
        scene.approve().failed(1, "proof_refused");
        scene.check_nothing_was_sent();
    }
}

fn old_heads(scene: &Scene, old: Heads) {
    let all = old.clone();
    scene.check_nothing_is_sealed(ErrorCode::ClockOff, with_heads(move |_| all.clone()));
    // One member's old head among new ones: the others' clocks are right, and yet it shows nothing complete.
    let one = old.unwrap();
    scene.proxy.conduct(with_heads(move |heads| {
        heads_of(heads, |heads| {
            let place =
                heads.iter().position(|head| one.iter().any(|old| old.member == head.member)).unwrap();
            heads[place] = *one.iter().find(|old| old.member == heads[place].member).unwrap();
        })
    }));
    scene.approve().failed(1, "stale");
    scene.check_nothing_was_sent();
}

#[test]
fn frames_changed_on_the_way_write_nothing() {
    let scene = Scene::start("frames");
    let output = scene.patient.folder.join("own");
    let retrieve = ["retrieve", &scene.ehr, "--out", "own"];
    scene.proxy.conduct(|asked, forward| {
        let mut reply = forward(asked);
        if asked.is(Route::READ.path) && reply.status == 200 {
            reply.body[1_000] ^= 1;
        }
        reply
    });
    let message = scene.through(&scene.patient, &retrieve).failed(1, "damaged");
    assert!(message.contains("frame"), "{message}");
    assert!(!output.exists());
    // The answer to an earlier request, frame for frame.
    let first: Arc<Mutex<Option<Reply>>> = Arc::default();
    scene.proxy.conduct(move |asked, forward| {
        if !asked.is(Route::READ.path) {
            return forward(asked);
        }
        first.lock().unwrap().get_or_insert_with(|| forward(asked)).clone()
    });
    scene.through(&scene.patient, &["retrieve", &scene.ehr, "--out", "honest"]).done();
    scene.through(&scene.patient, &retrieve).failed(1, "damaged");
    assert!(!output.exists());
    scene.proxy.conduct(|asked, forward| forward(asked));
    scene.through(&scene.patient, &retrieve).done();
    check_same(&output, &scene.author.folder.join("study"));
}

#[test]
fn what_was_sent_and_answered_with_a_lie_is_of_unknown_outcome() {
    let scene = Scene::start("outcomes");
    // Receipts with a changed signature hold nothing: no abstract is sent.
    scene.proxy.conduct(|asked, forward| {
        let mut reply = forward(asked);
        if asked.path.ends_with("/complete") && reply.status == 200 {
            *reply.body.last_mut().unwrap() ^= 1;
        }
        reply
    });
    let publish = ["publish", "--patient", &scene.patient.id, "study"];
    let message = scene.through(&scene.author, &publish).failed(5, "too_few_copies");
    assert!(message.contains("publish --resume"), "{message}");
    assert_eq!(scene.proxy.calls(Route::SUBMIT.path), 0);
    // The ledger has it, and the proof of that comes back changed: the client must not say that nothing happened.
    scene.proxy.conduct(|asked, forward| {
        let mut reply = forward(asked);
        if asked.is(Route::SUBMIT.path) && reply.status == 200 {
            let middle = reply.body.len() / 2;
            reply.body[middle] ^= 1;
        }
        reply
    });
    let message = scene.approve().failed(6, "outcome_unknown");
    assert!(message.contains("transaction status"), "{message}");
    assert_eq!(scene.on_the_ledger(), (1, 1, 0), "the grant is there");
    let id = message.split_whitespace().find(|word| word.len() == 64).unwrap();
    assert_eq!(scene.patient.run(&["transaction", "status", id]).data()["state"], "committed");
}
