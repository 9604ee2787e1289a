"""Hooks of schemathesis: what it draws of this interface, and how each call is signed.

Schemathesis knows from the description that a body is bytes and that a header is wanted. Random bytes end at the first check, so
these hooks add bodies of the right layout whose fields are drawn, break some of them in one place, and sign each call as it
leaves, after everything that schemathesis changed.
"""
import atexit, collections, json, os, random

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis.core.failures import ServerError

from client import RECORD_BYTES, Node, Person, Record, option, sequence, text, u8, u16, u32, u64

with open(os.environ["CARECHAIN_FUZZ_HTTP"]) as source:
    STATE = json.load(source)
NODE = Node(STATE["url"])
PERSON = Person(STATE["person"].encode())
PERSON.id = bytes.fromhex(STATE["id"])
PUBLISHED, OPENED, SENT = (Record(PERSON, name.encode()) for name in ("published", "opened", "sent"))
ANSWERS = collections.Counter()
# Hypothesis seeds the common source of chance anew for every case.
CHANCE = random.SystemRandom()


def bearer_of(path):
    return next((record.bearer for record in (OPENED, SENT) if record.upload.hex() in path), OPENED.bearer)


class Signing(requests.auth.AuthBase):
    """Signs a request as it leaves: most of them as a client does, some with another body's signature, some not at all."""

    def __init__(self, schemes, manner):
        self.schemes, self.manner = schemes, manner

    def __call__(self, request):
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        if self.manner == "absent":
            return request
        if "signedQuery" in self.schemes:
            signed = body + b"x" if self.manner == "foreign" else body
            request.headers["carechain-query"] = NODE.query(PERSON, request.method, request.path_url, signed)
        if "uploadSecret" in self.schemes:
            request.headers["authorization"] = bearer_of(request.url) if self.manner == "honest" else "Bearer " + "0" * 64
        return request


def schemes_of(operation):
    return {name for wanted in operation.definition.raw.get("security", []) for name in wanted}


@schemathesis.hook
def before_call(context, case, kwargs):
    manner = CHANCE.choice(["honest"] * 6 + ["foreign", "absent"])
    if case.meta is None or case.meta.phase.name.name == "EXAMPLES":
        manner = "honest"
    kwargs["auth"] = Signing(schemes_of(case.operation), manner)


@schemathesis.hook
def after_call(context, case, response):
    ANSWERS[f"{case.operation.label} {response.status_code}"] += 1


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """A node may refuse with 5xx what asks for a height that is not there yet, or for more room than it has."""
    if not isinstance(failure, ServerError):
        return True
    error = response.json().get("error", {})
    ahead = error.get("code") == "not_ready" and error.get("message", "").endswith("is not here yet")
    return not ahead and error.get("code") != "disk_full"


@atexit.register
def write_answers():
    with open(os.environ["CARECHAIN_FUZZ_HTTP"] + ".answers", "w") as target:
        json.dump(ANSWERS, target)


# --- what is drawn ---------------------------------------------------------------------------------------------------

HEIGHT = st.one_of(st.none(), st.integers(0, 3)).map(lambda height: option(None if height is None else u64(height)))
ID = st.sampled_from([PERSON.id, NODE.hospital, PUBLISHED.id(NODE.chain), bytes(20)])
INDEX = st.one_of(st.integers(0, 3), st.integers(0, 2**64 - 1))
FRESHNESS = st.tuples(st.just(option(None)), HEIGHT).map(b"".join)
TAG = st.one_of(st.integers(1, 18), st.integers(1, 18), st.integers(0, 255))
KEY = st.tuples(TAG.map(u8), ID, INDEX.map(u64)).map(b"".join)
KEYS = st.lists(KEY, max_size=4).map(sequence)
NEWEST, BELOW, AT = st.just(u32(0)), INDEX.map(lambda index: u32(1) + u64(index)), ID.map(lambda start: u32(2) + start)
LIST = st.one_of(
    st.tuples(st.sampled_from([1, 4, 5]).map(u8), ID, st.one_of(NEWEST, BELOW)),
    st.tuples(st.sampled_from([2, 3]).map(u8), ID, st.one_of(NEWEST, AT)),
    st.tuples(st.integers(0, 255).map(u8), ID, st.one_of(NEWEST, BELOW, AT))).map(b"".join)
COUNT = st.one_of(st.integers(1, 256), st.sampled_from([0, 257, 65_535]))
LENGTH = st.one_of(st.integers(0, 2**20), st.sampled_from([2**20 + 1, 2**40, 2**40 + 1, 2**63, 2**64 - 1]))
SHORT = st.binary(max_size=96)
INSIDE = st.tuples(st.integers(0, RECORD_BYTES), st.integers(0, RECORD_BYTES)).map(sorted)
SPAN = st.one_of(INSIDE, INSIDE, st.tuples(LENGTH, LENGTH))

BODIES = {
    "POST /v1/state": st.tuples(KEYS, st.sampled_from([b"\0", b"\1"]), FRESHNESS).map(b"".join),
    "POST /v1/lists": st.tuples(LIST, COUNT.map(u16), FRESHNESS).map(b"".join),
    "POST /v1/transactions": st.builds(
        lambda kind, public, parts: NODE.submission(PERSON, kind, public, parts)[0],
        st.integers(0, 13), st.binary(max_size=200), st.lists(st.tuples(st.integers(0, 6), SHORT), max_size=2)),
    "POST /v1/uploads": st.builds(
        lambda seed, length: Record(PERSON, seed).open(NODE, length), st.binary(min_size=1, max_size=8), LENGTH),
    "PUT /v1/uploads/{id}/chunks/{index}": st.one_of(
        st.just(OPENED.chunk()), SHORT.map(lambda content: OPENED.chunk()[:-96] + content), SHORT),
    "POST /v1/uploads/{id}/complete": st.builds(
        lambda record, values: record.complete(NODE, values), st.sampled_from([OPENED, SENT]),
        st.one_of(st.none(), st.lists(st.binary(min_size=32, max_size=32), max_size=3))),
    "POST /v1/read": st.builds(
        lambda purpose, span, shown, grant: NODE.read_request(PERSON, PUBLISHED, purpose, span, shown, grant),
        st.integers(1, 9), SPAN, st.sampled_from([True, True, False]), st.sampled_from([None, None, bytes(20)])),
}


def broken(body):
    """A body, often with one byte changed, and sometimes shorter or longer."""
    place, value = st.integers(0, max(len(body) - 1, 0)), st.integers(0, 255)
    change = st.builds(lambda at, byte: body[:at] + bytes([byte]) + body[at + 1:], place, value)
    cut = st.builds(lambda at, more: body[:at] + more, place, st.binary(max_size=4))
    return st.one_of(st.just(body), st.just(body), change, cut)


@schemathesis.hook
def before_generate_body(context, strategy):
    own = BODIES.get(context.operation.label)
    return strategy if own is None else st.one_of(own.flatmap(broken), own, strategy)


@schemathesis.hook
def flatmap_path_parameters(context, path_parameters):
    """Mostly ids that are there."""
    uploads = [record.upload.hex() for record in (PUBLISHED, OPENED, SENT)]
    known = st.sampled_from(uploads if "uploads" in context.operation.path else [STATE["transaction"]])
    found = {"id": known} | ({"index": st.integers(0, 2)} if "{index}" in context.operation.path else {})
    return st.one_of(st.fixed_dictionaries(found), st.fixed_dictionaries(found), st.just(path_parameters))


@schemathesis.hook
def map_query(context, query):
    """Nobody waits for notices half a minute here."""
    if query and isinstance(query.get("wait_seconds"), int):
        query["wait_seconds"] = min(query["wait_seconds"], 1)
    return query


# --- one good call of every route -----------------------------------------------------------------------------------

GOOD = {
    "POST /v1/transactions": {"body": lambda: bytes.fromhex(STATE["submission"])},
    "GET /v1/transactions/{id}": {"path_parameters": lambda: {"id": STATE["transaction"]}},
    "POST /v1/state": {"body": lambda: sequence([u8(1) + PERSON.id + u64(0)]) + b"\1" + option(None) + option(None)},
    "POST /v1/lists": {"body": lambda: u8(1) + PERSON.id + u32(0) + u16(9) + option(None) + option(None)},
    "GET /v1/parts/{id}/{index}": {"path_parameters": lambda: {"id": STATE["transaction"], "index": 0}},
    "POST /v1/search": {"body": lambda: {"patient": STATE["text"]}},
    "GET /v1/notices": {"query": lambda: {"after": 0}},
    "POST /v1/uploads": {"body": lambda: Record(PERSON, os.urandom(8)).open(NODE)},
    "GET /v1/uploads/{id}": {"path_parameters": lambda: {"id": SENT.upload.hex()}},
    "PUT /v1/uploads/{id}/chunks/{index}": {
        "path_parameters": lambda: {"id": OPENED.upload.hex(), "index": 0}, "body": OPENED.chunk},
    "POST /v1/uploads/{id}/complete": {
        "path_parameters": lambda: {"id": SENT.upload.hex()}, "body": lambda: SENT.complete(NODE)},
    "POST /v1/read": {"body": lambda: NODE.read_request(PERSON, PUBLISHED)},
}


@schemathesis.hook
def before_add_examples(context, examples):
    operation = context.operation
    values = {name: make() for name, make in GOOD.get(operation.label, {}).items()}
    if "body" in values:
        values["media_type"] = "application/json" if isinstance(values["body"], dict) else "application/octet-stream"
    # First: a short run ends before those that schemathesis makes of the description.
    examples.insert(0, operation.Case(**values))
