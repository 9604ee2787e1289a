#!/usr/bin/env python3
"""An independent reader of carechain's formats: opens a record and checks a proof, from docs/formats.md alone.

    pip install blake3 pynacl
    docs/read_record.py record tests/fixtures/record.json            # the golden record
    docs/read_record.py record FILE.ccr --content-key HEX --out DIR  # any record
    docs/read_record.py proof tests/fixtures/proof_audit.json tests/fixtures/genesis.json
    docs/read_record.py proof audit.proof audit.proof.2 genesis.json # a long list, all its files together

It shares no code with the product, so that two readings of the page agree or one of them is wrong.
"""
import argparse, base64, io, json, struct, sys, zipfile
from datetime import datetime, timedelta

from blake3 import blake3
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt as decrypt
from nacl.exceptions import BadSignatureError, CryptoError
from nacl.signing import VerifyKey

SEGMENT, TAG, HEADER = 65_536, 16, 128


class Refused(Exception):
    """The bytes are not what the format says."""


def demand(holds, what):
    if not holds:
        raise Refused(what)


def kdf(context, data):
    return blake3(data, derive_key_context="carechain v1 " + context).digest()


def hash_of(data):
    return blake3(data).digest()


# --- records ---------------------------------------------------------------------------------------------------------

def padme(length):
    exponent = length.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1
    return (length + mask) & ~mask


def zip_bytes_max(length):
    return length - HEADER - TAG * -(-length // SEGMENT) - 8


def file_length(zip_length):
    length = padme(max(SEGMENT, zip_length))
    while zip_bytes_max(length) < zip_length:
        length = padme(length + 1)
    return length


def open_record(file, content_key):
    """The zip inside a record file."""
    demand(len(file) >= SEGMENT and padme(len(file)) == len(file), "no record has this length")
    header = file[:HEADER]
    magic, suite, segment_log2, zeros, prefix, more_zeros, salt, commitment, last_zeros = struct.unpack(
        "<4sBB2s19s5s32s32s32s", header)
    demand(magic == b"CCR1" and suite == 1 and segment_log2 == 16, "not a record of this version")
    demand(not any(zeros + more_zeros + last_zeros), "reserved bytes are set")
    demand(commitment == kdf("key commitment", content_key + salt), "the content key is another record's")
    key, associated_data = kdf("segment key", content_key + salt), hash_of(header)
    count, text = -(-len(file) // SEGMENT), bytearray()
    for index in range(count):
        start = index * SEGMENT + (HEADER if index == 0 else 0)
        nonce = prefix + struct.pack(">IB", index, index + 1 == count)
        try:
            text += decrypt(file[start:(index + 1) * SEGMENT], associated_data, nonce, key)
        except CryptoError:
            raise Refused(f"segment {index} is not authentic") from None
    zip_length = int.from_bytes(text[-8:], "little")
    demand(file_length(zip_length) == len(file), "zip length and file length do not belong together")
    demand(not any(text[zip_length:-8]), "the padding is not zero")
    return bytes(text[:zip_length])


def show_record(path, content_key, out):
    with open(path, "rb") as source:
        file = source.read()
    root = None
    if content_key is None:
        vectors = json.loads(file)
        file, content_key = base64.b64decode(vectors["file"]), vectors["content key"]
        root = vectors["root"]
    demand(root is None or hash_of(file).hex() == root, "the file has another root")
    content = zipfile.ZipFile(io.BytesIO(open_record(file, bytes.fromhex(content_key))))
    print(f"record of {len(file)} bytes, root {hash_of(file).hex()}")
    for entry in content.infolist():
        print(f"  {entry.filename}, {entry.file_size} bytes")
    if out:
        content.extractall(out)


# --- proofs ----------------------------------------------------------------------------------------------------------

class Cursor:
    """Reads canonical bytes: little-endian fixed-width integers, u64 lengths, one byte before an option."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        demand(self.at + count <= len(self.data), "the bytes end early")
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, width):
        return int.from_bytes(self.take(width), "little")

    def bytes(self):
        return self.take(self.number(8))

    def list(self, read):
        return [read() for _ in range(self.number(8))]

    def option(self, read):
        flag = self.number(1)
        demand(flag < 2, "an option is 0 or 1")
        return read() if flag else None

    def whole(self, read):
        """What `read` gives, and the canonical bytes it read."""
        start = self.at
        value = read()
        return value, self.data[start:self.at]

    def fields(self, layout):
        return {name: self.take(-width) if width < 0 else self.number(width) for name, width in layout}

    def header(self):
        header = self.fields((("protocol", 2), ("chain_id", -32), ("epoch", 8), ("height", 8), ("view", 8),
                              ("primary", 2), ("parent", -32), ("time", 8), ("count", 4), ("transactions", -32),
                              ("outcomes", -32), ("state", -32)))
        header["next_membership"] = self.option(lambda: self.take(32))
        return header

    def certificate(self):
        certificate = self.fields((("phase", 1), ("epoch", 8), ("view", 8), ("height", 8), ("block", -32)))
        certificate["votes"] = self.list(lambda: (self.number(2), self.take(64)))
        return certificate

    def sealing_key(self):
        return self.number(1), self.number(1), self.bytes()

    def member(self):
        member = self.fields((("hospital", -20), ("weight", 4), ("key", -32)))
        self.sealing_key(), self.bytes(), self.bytes()
        return member["key"]

    def membership(self):
        epoch, _protocol, _index_key = self.number(8), self.number(2), self.sealing_key()
        return epoch, self.list(self.member)

    def body(self):
        body = self.fields((("version", 2), ("sender", -21), ("key", -32), ("salt", -16), ("expiry", 8), ("kind", 2)))
        body["public"] = self.bytes()
        body["parts"] = self.list(lambda: self.fields((("kind", 1), ("bytes", 4), ("digest", -32))))
        return body

    def digests(self):
        return self.list(lambda: self.take(32))

    def claim(self):
        key = self.take(29)
        return (key, self.option(self.bytes), self.option(lambda: (self.take(32), self.take(32))), self.digests(),
                self.option(lambda: self.whole(self.body)))

    def transaction(self):
        body, signature = self.whole(self.body), self.take(64)
        outcome = self.whole(lambda: (self.take(32), self.number(2), self.bytes()))
        return body, signature, outcome, self.number(4), self.digests(), self.digests()

    def head(self):
        member = self.number(2)
        head = self.whole(lambda: self.fields((("epoch", 8), ("member", 2), ("view", 8), ("height", 8),
                                               ("block", -32), ("voted", 8), ("time", 8))))
        return member, head, self.take(64)


def signed(key, purpose, chain_id, body, signature):
    try:
        VerifyKey(key).verify(f"CARECHAIN_V1_{purpose}".encode() + b"\0" + chain_id + body, signature)
    except BadSignatureError:
        raise Refused(f"a {purpose} signature does not verify") from None


def quorum(members):
    return -(-(len(members) + (len(members) - 1) // 3 + 1) // 2)


def check_certificate(header, encoded, certificate, epoch, members):
    demand(certificate is not None, "only block 0 needs no certificate, and this reader wants one")
    block = kdf("block", encoded)
    fits = (certificate["phase"], certificate["epoch"], certificate["height"], certificate["block"])
    demand(fits == (2, epoch, header["height"], block) and header["epoch"] == epoch, "the certificate is another block's")
    voters = [voter for voter, _ in certificate["votes"]]
    demand(len(voters) == quorum(members) and voters == sorted(set(voters)), "not exactly a quorum, ascending")
    vote = struct.pack("<QQQ", epoch, certificate["view"], header["height"]) + block
    for voter, signature in certificate["votes"]:
        demand(voter < len(members), "a voter is no member")
        signed(members[voter], "COMMIT", header["chain_id"], vote, signature)


def check_claim(root, chain_id, claim):
    key, value, absence, siblings, body = claim
    place = int.from_bytes(hash_of(key), "big")
    leaf = lambda at, value_hash: hash_of(b"JMT::LeafNode" + at + value_hash)
    if value is not None:
        demand(absence is None, "a value and an absence")
        digest = leaf(hash_of(key), hash_of(value))
    elif absence is None:
        digest = b"SPARSE_MERKLE_PLACEHOLDER_HASH__"
    else:
        shared = 256 - (int.from_bytes(absence[0], "big") ^ place).bit_length()
        demand(len(siblings) <= shared < 256, "the absence leaf stands elsewhere")
        digest = leaf(*absence)
    for depth, sibling in zip(reversed(range(len(siblings))), siblings):
        pair = sibling + digest if place >> (255 - depth) & 1 else digest + sibling
        digest = hash_of(b"JMT::IntrnalNode" + pair)
    demand(digest == root, "a claim leads to another state root")
    if body is not None:
        written_by = value and value[1:33]
        demand(written_by == kdf("transaction", chain_id + body[1]), "a claim carries another transaction's body")


def root_of_path(digest, index, count, path):
    """RFC 6962, nearest sibling first."""
    if count < 2:
        return digest, path
    left = 1 << ((count - 1).bit_length() - 1)
    inner, rest = root_of_path(digest, index % left if index < left else index - left,
                               left if index < left else count - left, path)
    demand(rest, "a path is too short")
    return hash_of(b"\1" + (inner + rest[0] if index < left else rest[0] + inner)), rest[1:]


def check_transaction(header, chain_id, proof):
    (body, encoded), signature, (outcome, encoded_outcome), index, path, outcome_path = proof
    signed(body["key"], "TRANSACTION", chain_id, encoded, signature)
    transaction_id = kdf("transaction", chain_id + encoded)
    demand(outcome[0] == transaction_id and index < header["count"], "outcome and transaction do not belong together")
    for leaf, way, root in ((transaction_id + signature, path, "transactions"), (encoded_outcome, outcome_path, "outcomes")):
        demand(root_of_path(hash_of(b"\0" + leaf), index, header["count"], way) == (header[root], []),
               f"a path leads to another root of {root}")
    return f"transaction {transaction_id.hex()} with code {outcome[1]}"


def check_heads(header, chain_id, epoch, members, heads):
    voters = [member for member, _, _ in heads]
    demand(len(voters) == quorum(members) and voters == sorted(set(voters)), "not exactly a quorum of heads")
    for member, (head, encoded), signature in heads:
        demand(head["epoch"] == epoch and head["member"] == member < len(members), "a head is another member's")
        signed(members[member], "HEAD", chain_id, encoded, signature)
    covered = all(max(head["voted"], head["height"]) <= header["height"] for _, (head, _), _ in heads)
    return min(head["time"] for _, (head, _), _ in heads) if covered else None


# --- lists -----------------------------------------------------------------------------------------------------------

PERSON, EHR, BY_PATIENT, REQUEST, GRANT, ACCESS, ATTEMPT, COUNTS, ATTEMPT_COUNTS = 1, 7, 8, 9, 10, 11, 12, 13, 18
STAMP = 41
REASONS = {1: "owner", 2: "granted", 10: "unknown-record", 11: "no-grant", 12: "not-yet-valid", 13: "expired",
           14: "revoked", 15: "key-ended", 16: "reader-suspended", 17: "role", 18: "address-mismatch", 19: "range",
           20: "purpose", 21: "purged", 22: "no-mandate", 23: "patient-suspended"}


def text_id(prefix, raw):
    check = hash_of(prefix.encode() + raw)[:4]
    return prefix + "_" + base64.b32encode(raw + check).decode().lower().rstrip("=")


def id_of(text):
    return base64.b32decode(text.split("_")[1].upper() + "=")[:20]


def utc(micros):
    return (datetime(1970, 1, 1) + timedelta(microseconds=micros)).isoformat(timespec="microseconds") + "Z"


class State:
    """What one proof shows: values by (tag, id, index), and as of when they are current."""

    def __init__(self, claims, time):
        self.values = {(key[0], key[1:21], int.from_bytes(key[21:], "little")): value for key, value, *_ in claims}
        self.time = time


def counter_of(tag, value):
    """The lists a counter stands for: what it says of each."""
    cursor = Cursor(value[STAMP:])
    if tag == ATTEMPT_COUNTS:
        return {ATTEMPT: cursor.number(8)}
    count = cursor.number(8)
    if len(value) == STAMP + 8:
        return {ACCESS: count}
    if len(value) == STAMP + 12:
        return {}  # a hospital's
    newest = lambda: cursor.option(lambda: cursor.take(20))
    return {BY_PATIENT: count, REQUEST: newest(), GRANT: newest()}


def counted(state, list_tag, subject):
    """Number of entries, or the newest entry's id or None, as the state's counter says; KeyError = it has no counter."""
    tag = ATTEMPT_COUNTS if list_tag == ATTEMPT else COUNTS
    value = state.values[(tag, subject, 0)]
    nothing = None if list_tag in (REQUEST, GRANT) else 0
    return nothing if value is None else counter_of(tag, value)[list_tag]


def link(tag, value):
    """Patient and previous entry of a request or grant."""
    cursor = Cursor(value[STAMP:])
    patient = cursor.take(20)
    cursor.take(21 + 2)  # grantee, access, purpose
    if tag == REQUEST:
        cursor.take(1)  # status
        cursor.option(lambda: cursor.take(20))  # grant
    else:
        cursor.take(16)  # from, until
        cursor.list(lambda: cursor.take(23))
    previous = cursor.option(lambda: cursor.take(20))
    demand(cursor.at == len(cursor.data), "bytes follow a value")
    return patient, previous


def claimed_lists(states):
    """(list, whose) that the proofs show an entry or the counter of, with the number of entries."""
    found = {}
    for state in states:
        for (tag, subject, _), value in state.values.items():
            if tag in (ACCESS, ATTEMPT, BY_PATIENT):
                found[(tag, subject)] = found.get((tag, subject), 0) + 1
            elif tag in (REQUEST, GRANT) and value is not None:
                owner = (tag, link(tag, value)[0])
                found[owner] = found.get(owner, 0) + 1
            elif tag in (COUNTS, ATTEMPT_COUNTS):
                if value is not None:
                    lists = counter_of(tag, value)
                elif tag == ATTEMPT_COUNTS:
                    lists = [ATTEMPT]
                else:
                    lists = [ACCESS] if (EHR, subject, 0) in state.values else [BY_PATIENT, REQUEST, GRANT]
                for list_tag in lists:
                    found.setdefault((list_tag, subject), 0)
    return found


def walk(list_tag, subject, counter, states):
    """Every entry that the counter stands for, newest first, and the earliest time of the proofs that show them."""
    demand(counter.time is not None, "no quorum of members says up to when nothing is missing")
    left, used, entries = counted(counter, list_tag, subject), {id(counter): counter}, []
    while left:
        key = (list_tag, left, 0) if list_tag in (REQUEST, GRANT) else (list_tag, subject, left - 1)
        shown = [state for state in states if key in state.values]
        if list_tag == BY_PATIENT:
            shown = [state for state in shown
                     if state.values[key] is None or (EHR, state.values[key][STAMP:], 0) in state.values]
        demand(shown, f"an entry is missing: {name_of(*key)}")
        state, value = shown[0], shown[0].values[key]
        demand(value is not None, f"{name_of(*key)} is absent in a proof older than the counter")
        demand(state.time is not None, "no quorum of members says up to when nothing is missing")
        demand(key not in entries, "the entries lead in a circle")
        demand(list_tag != BY_PATIENT or state.values[(EHR, value[STAMP:], 0)] is not None, "a record is absent")
        entries.append(key)
        used[id(state)] = state
        left = link(list_tag, value)[1] if list_tag in (REQUEST, GRANT) else left - 1
    return len(entries), min(state.time for state in used.values())


def name_of(tag, subject, index):
    names = {PERSON: "per", EHR: "ehr", REQUEST: "req", GRANT: "grt"}
    if tag in names:
        return text_id(names[tag], subject)
    if tag in (ACCESS, ATTEMPT, BY_PATIENT):
        what = {ACCESS: "access entry", ATTEMPT: "attempt", BY_PATIENT: "record"}[tag]
        return f"{what} {index} of {text_id('ehr' if tag == ACCESS else 'per', subject)}"
    return f"{ {COUNTS: 'counter', ATTEMPT_COUNTS: 'counter of attempts', 4: 'hospital'}.get(tag, f'state {tag}') } " \
           f"{text_id('hos', subject) if tag == 4 else subject.hex()}"


def check_lists(states):
    """What is complete, from the files alone; refuses a list with a gap."""
    claimed = claimed_lists(states)
    names = {ACCESS: "access entries", ATTEMPT: "attempts", BY_PATIENT: "records", REQUEST: "requests", GRANT: "grants"}
    of_person = (BY_PATIENT, REQUEST, GRANT)
    for (list_tag, subject), shown in sorted(claimed.items()):
        counters = [state for state in states if (ATTEMPT_COUNTS if list_tag == ATTEMPT else COUNTS, subject, 0)
                    in state.values]
        demand(counters, f"not complete, {names[list_tag]}: the counter is missing")
        gap = None
        for counter in counters:
            try:
                count, time = walk(list_tag, subject, counter, states)
                break
            except Refused as refusal:
                gap = gap or refusal
        else:
            others = any(claimed.get((other, subject), 0) for other in of_person)
            if list_tag in of_person and not shown and others:
                continue  # one counter for three lists: this one is not what the file is about
            raise Refused(f"not complete, {names[list_tag]}: {gap}")
        whose = text_id("ehr" if list_tag == ACCESS else "per", subject)
        print(f"complete: {count} {names[list_tag]} of {whose}, none is missing as of {utc(time)}")


def describe_access(value, hospitals):
    cursor = Cursor(value[STAMP:])
    reader = cursor.take(20)
    cursor.take(32)
    option = lambda: cursor.option(lambda: cursor.take(20))
    option(), option()
    record = cursor.take(20)
    option()
    gateway, _purpose = cursor.take(20), cursor.number(1)
    decision, reason, _shape, count = cursor.number(1), cursor.number(1), cursor.number(1), cursor.number(4)
    _first, last = cursor.number(8), cursor.number(8)
    demand(decision in (1, 2) and reason in REASONS, "a decision or reason is unknown")
    times = f" ({count} times)" if count > 1 else ""
    return (f"{utc(last)} {('allowed', 'refused')[decision - 1]}, {REASONS[reason]}: {text_id('per', reader)} "
            f"{text_id('ehr', record)}{times} at {hospitals.get(gateway, text_id('hos', gateway))}")


def check_proofs(proof_paths, genesis_path):
    with open(genesis_path, "rb") as source:
        genesis_bytes = source.read()
    check_lists([state for path in proof_paths if (state := check_proof(path, genesis_bytes))])


def check_proof(proof_path, genesis_bytes):
    with open(proof_path, "rb") as source:
        file = source.read()
    cursor = Cursor(base64.b64decode(json.loads(file)["proof"], validate=True))
    exact = {"schema": "carechain/proof/1", "proof": base64.b64encode(cursor.data).decode()}
    demand(file == json.dumps(exact, separators=(",", ":")).encode() + b"\n", "the file is not exactly a proof")
    kind, chain_id = cursor.number(1), cursor.take(32)
    demand(chain_id == hash_of(genesis_bytes), "the proof is of another ledger")
    founders = json.loads(genesis_bytes)["hospitals"]
    hospitals = {id_of(hospital["id"]): hospital["name"] for hospital in founders}
    epoch, members = 0, [bytes.fromhex(hospital["node_key"]) for hospital in founders]
    for _ in range(cursor.number(8)):
        header, encoded = cursor.whole(cursor.header)
        (next_epoch, next_members), next_encoded = cursor.whole(cursor.membership)
        check_certificate(header, encoded, cursor.certificate(), epoch, members)
        demand(header["chain_id"] == chain_id and next_epoch == epoch + 1
               and header["next_membership"] == hash_of(next_encoded), "the epochs do not chain")
        epoch, members = next_epoch, next_members
    header, encoded = cursor.whole(cursor.header)
    demand(header["chain_id"] == chain_id, "the header is of another ledger")
    check_certificate(header, encoded, cursor.option(cursor.certificate), epoch, members)
    claims = cursor.list(cursor.claim)
    transaction, heads = cursor.option(cursor.transaction), cursor.option(lambda: cursor.list(cursor.head))
    demand(cursor.at == len(cursor.data), "bytes follow the proof")
    demand((kind == 1 and transaction is None) or (kind == 2 and transaction is not None and not claims), "not of its kind")
    print(f"block {kdf('block', encoded).hex()} at height {header['height']}, certified in epoch {epoch}")
    for claim in claims:
        check_claim(header["state"], chain_id, claim)
        tag, subject, index = claim[0][0], claim[0][1:21], int.from_bytes(claim[0][21:], "little")
        shows = "absent" if claim[1] is None else describe_access(claim[1], hospitals) if tag in (ACCESS, ATTEMPT) \
            else f"{len(claim[1])} bytes"
        print(f"  {name_of(tag, subject, index)}: {shows}")
    if transaction is not None:
        print("  " + check_transaction(header, chain_id, transaction))
    time = None if heads is None else check_heads(header, chain_id, epoch, members, heads)
    if heads is not None:
        print("  not current: a head votes above" if time is None else f"  current as of {utc(time)}")
    return State(claims, time) if kind == 1 else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    record = commands.add_parser("record", help="open a record file, or the golden vectors of one")
    record.add_argument("file")
    record.add_argument("--content-key", help="64 hexadecimal digits; without it FILE is tests/fixtures/record.json")
    record.add_argument("--out", help="folder to unpack into")
    proof = commands.add_parser("proof", help="check a proof against a genesis file")
    proof.add_argument("proof", nargs="+", help="the proof files; of a list in several files all of them")
    proof.add_argument("genesis")
    arguments = parser.parse_args()
    try:
        if arguments.command == "record":
            show_record(arguments.file, arguments.content_key, arguments.out)
        else:
            check_proofs(arguments.proof, arguments.genesis)
    except (Refused, ValueError, KeyError, TypeError) as refusal:
        sys.exit(f"refused: {refusal}")


if __name__ == "__main__":
    main()
