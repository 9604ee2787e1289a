#!/usr/bin/env python3
"""Runs schemathesis over every route of a node, after a person was enrolled there and published a record.

    fuzz/http/run.py --binary target/release/carechain --network net --seconds 60    # 0: one good call of every route

The network is one of `carechain testnet`, and runs. Ends with 1 if a node answers with 5xx or with anything that its description
does not say, if the description is no OpenAPI 3.1, or if a route that can succeed never did: then it was not reached.
"""
import argparse, json, os, pathlib, subprocess, sys

import openapi_spec_validator
import requests

from client import DOCS, Node, Person, PUBLISH, Record
from read_record import id_of

HERE = pathlib.Path(__file__).resolve().parent
# So that a busy machine gets through the good calls.
SECONDS_MIN = 10
GOLDEN = DOCS.parent / "tests" / "fixtures" / "openapi.json"
CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
          "response_schema_conformance"]


def carechain(binary, *arguments):
    done = subprocess.run([binary, *arguments, "--json"], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def accepted(answer, *statuses):
    if answer.status_code not in statuses:
        sys.exit(f"{answer.request.method} {answer.request.path_url}: {answer.status_code} {answer.text[:500]}")
    return answer.content


def enrol(binary, network, person, number):
    file = network / "fuzz.enrol"
    file.write_text(json.dumps(person.enrolment()))
    document = carechain(binary, "person", "register", str(file), "--role", "patient", "--mrn", number, "--profile", "registrar-1",
                         "--client", str(network / "client.toml"), "--passphrase-file",
                         str(network / "hospital-1" / "registrar.passphrase"))
    return document["data"]["person_id"]


def send(node, record):
    """Opens the upload of a record and sends its chunk."""
    uploads = node.url + "/v1/uploads"
    accepted(requests.post(uploads, record.open(node), timeout=30), 200)
    headers = {"authorization": record.bearer}
    accepted(requests.put(f"{uploads}/{record.upload.hex()}/chunks/0", record.chunk(), headers=headers, timeout=30), 204)


def publish(node, person, record):
    """Sends a record, waits for its receipts and publishes its abstract; gives the transaction and its id."""
    send(node, record)
    complete, headers = f"{node.url}/v1/uploads/{record.upload.hex()}/complete", {"authorization": record.bearer}
    answer = requests.post(complete, record.complete(node), headers=headers, timeout=30)
    while answer.status_code == 202:
        answer = requests.post(complete, record.complete(node), headers=headers, timeout=30)
    public, parts = record.publish(node, accepted(answer, 200))
    submission, transaction = node.submission(person, PUBLISH, public, parts)
    accepted(requests.post(node.url + "/v1/transactions", submission, timeout=60), 200)
    return submission, transaction


def prepare(binary, network, url):
    """What hooks.py starts from."""
    node, name = Node(url), os.urandom(8).hex()
    person = Person(name.encode())
    text = enrol(binary, network, person, name)
    person.id = id_of(text)
    submission, transaction = publish(node, person, Record(person, b"published"))
    send(node, Record(person, b"sent"))
    accepted(requests.post(url + "/v1/uploads", Record(person, b"opened").open(node), timeout=30), 200)
    return {"url": url, "person": name, "id": person.id.hex(), "text": text, "submission": submission.hex(),
            "transaction": transaction.hex()}


def check_description(url):
    served = requests.get(url + "/v1/openapi.json", timeout=10).content
    if served != GOLDEN.read_bytes():
        sys.exit(f"{url} serves another description than {GOLDEN}")
    openapi_spec_validator.validate(json.loads(served))
    return json.loads(served)


def never_reached(description, answers):
    """Routes that can succeed and never did."""
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            label = f"{method.upper()} {path}"
            counts = {status: answers.get(f"{label} {status}", 0) for status in range(100, 600)}
            print(f"{label}: " + " ".join(f"{status}×{count}" for status, count in counts.items() if count))
            if not any(counts[int(status)] for status in operation["responses"] if status.startswith("2")):
                yield label


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--binary", required=True)
    parser.add_argument("--network", required=True, type=pathlib.Path)
    parser.add_argument("--seconds", type=int, default=60)
    arguments = parser.parse_args()
    nodes = carechain(arguments.binary, "testnet", "status", "--dir", str(arguments.network))["data"]["nodes"]
    url = nodes[0]["url"]
    description = check_description(url)
    state = arguments.network / "fuzz.json"
    state.write_text(json.dumps(prepare(arguments.binary, arguments.network, url)))
    command = [str(pathlib.Path(sys.executable).parent / "schemathesis"), "run", str(GOLDEN), "--url", url,
               "--checks", ",".join(CHECKS), "--continue-on-failure", "--warnings", "off", "--request-timeout", "60", "--no-color"]
    if arguments.seconds:
        command += ["--phases", "examples,coverage,fuzzing", "--max-time", str(max(arguments.seconds, SECONDS_MIN))]
    else:
        command += ["--phases", "examples"]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "hooks", "CARECHAIN_FUZZ_HTTP": str(state), "PYTHONPATH": str(HERE),
                                "PYTHONDONTWRITEBYTECODE": "1"}
    code = subprocess.run(command, env=environment, cwd=arguments.network).returncode
    missing = list(never_reached(description, json.loads((arguments.network / "fuzz.json.answers").read_text())))
    if missing:
        sys.exit(f"never succeeded: {', '.join(missing)}")
    sys.exit(code)


if __name__ == "__main__":
    main()
