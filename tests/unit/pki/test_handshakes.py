"""Who is believed over TLS, and who is not."""

import re
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from coach.engine.api.service import pki
from coach.engine.api.service.gates import AskedWork, CertificateGate
from coach.engine.pki.certificates import Issued, issue, new_authority, new_key
from coach.engine.pki.errors import CertificateTrouble
from coach.engine.service import contract
from coach.engine.signing.verifier import NotBelieved
from coach.model.machine.reach import proxy_networks
from coach.server.engine.tls import uris_of
from tests import clock
from tests.unit.pki.conftest import DAY, Installation, careless, shake_hands

MONTH = timedelta(days=30)


def named(installed: Installation) -> list[tuple[tuple[str, ...], str]]:
    """Return whom each side's certificate names, as the other side has it, and their TLS."""
    sides = shake_hands(installed.serving().listening, installed.asking())
    return [(uris_of(one.getpeercert() or {}), one.version() or "") for one in sides]


def test_both_sides_show_who_they_are_over_tls_1_3(installed: Installation) -> None:
    assert named(installed) == [
        (("spiffe://coach.internal/api",), "TLSv1.3"),
        (("spiffe://coach.internal/engine",), "TLSv1.3"),
    ]


def test_a_file_that_is_issued_anew_while_it_is_read_is_read_again(
    installed: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenSSL opens it twice: the certificate was the former one, the key is the other's."""
    issued: list[str] = []
    load = ssl.SSLContext.load_cert_chain

    def interrupted(context: ssl.SSLContext, file: Path) -> None:
        if not issued:
            issued.append("api")
            pki.issue(installed.certificates, installed.kek, "api", clock.now())
            raise ssl.SSLError(116, "[X509: KEY_VALUES_MISMATCH] key values mismatch")
        load(context, file)

    with monkeypatch.context() as patched:
        patched.setattr(ssl.SSLContext, "load_cert_chain", interrupted)
        context = installed.asking()
    assert issued == ["api"]
    sides = shake_hands(installed.serving().listening, context)
    assert uris_of(sides[0].getpeercert() or {}) == ("spiffe://coach.internal/api",)


def made(installed: Installation, which: str, service: str = "api") -> Issued:
    """Return a certificate that is wrong in one way."""
    now, authority = clock.now(), installed.certificates.authority(installed.kek)
    match which:
        case "ended":
            return issue(authority, service, now - 2 * MONTH, MONTH)
        case "not begun":
            return issue(authority, service, now + DAY, MONTH)
        case "other authority":
            return issue(new_authority(now, 10), service, now, MONTH)
        case "for the other side":
            return issue(authority, "engine", now, MONTH)
        case _:
            return outside(installed)


def outside(installed: Installation) -> Issued:
    """Return a certificate that names somebody outside coach.internal, issued all the same."""
    authority, key = installed.certificates.authority(installed.kek), new_key()
    now, ca = clock.now(), authority.key.public_key()
    name = x509.UniformResourceIdentifier("spiffe://example.org/api")
    built = (
        x509.CertificateBuilder()
        .issuer_name(authority.certificate.subject)
        .subject_name(x509.Name([]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.SubjectAlternativeName([name]), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Issued(built.public_bytes(Encoding.PEM), pem)


BAD = {
    "ended": "certificate has expired",
    "not begun": "certificate is not yet valid",
    "other authority": "signature failure|unable to get local issuer|self-signed",
    "for the other side": "unsuitable certificate purpose",
    "outside our names": "permitted subtree violation",
}


def noted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list to which the reasons of the security log go."""
    found: list[str] = []

    def note(_event: str, _address: str, *, why: str) -> None:
        found.append(why)

    monkeypatch.setattr("coach.server.engine.tls.note_security", note)
    return found


@pytest.mark.parametrize("which", BAD)
def test_a_bad_certificate_is_refused_and_why_is_noted(
    installed: Installation, which: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed.certificates.keep("api", made(installed, which))
    notes = noted(monkeypatch)
    with pytest.raises(ssl.SSLError, match=BAD[which]):
        shake_hands(installed.serving().listening, careless(installed.certificates, "api"))
    [why] = notes
    assert re.search(BAD[which], why)
    with pytest.raises(CertificateTrouble):
        installed.asking()


@pytest.mark.parametrize("which", ["ended", "not begun", "other authority"])
def test_a_bad_certificate_of_the_service_is_refused_too(
    installed: Installation, which: str
) -> None:
    installed.certificates.keep("engine", made(installed, which, "engine"))
    with pytest.raises(ssl.SSLError, match=BAD[which]):
        shake_hands(careless(installed.certificates, "engine"), installed.asking())
    with pytest.raises(CertificateTrouble):
        installed.serving()


def test_who_only_asks_cannot_serve(installed: Installation) -> None:
    folder = installed.certificates
    folder.file_of("engine").write_bytes(folder.file_of("api").read_bytes())
    with pytest.raises(ssl.SSLError, match="unsuitable certificate purpose"):
        shake_hands(careless(folder, "engine"), installed.asking())
    with pytest.raises(CertificateTrouble, match="it is not for this side"):
        installed.serving()


def test_who_shows_no_certificate_is_refused(installed: Installation) -> None:
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    bare.load_verify_locations(installed.certificates.trusted_file)
    with pytest.raises(ssl.SSLError, match="peer did not return a certificate"):
        shake_hands(installed.serving().listening, bare)


def test_older_tls_is_refused(installed: Installation) -> None:
    older = installed.asking()
    older.minimum_version = older.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError, match=r"alert protocol version|unsupported protocol"):
        shake_hands(installed.serving().listening, older)


def test_no_session_is_taken_up_again(installed: Installation) -> None:
    _, caller = shake_hands(installed.serving().listening, installed.asking())
    assert caller.session is None or not caller.session.has_ticket


ALLOWED = {"analysis": frozenset({"api", "worker"}), "narration": frozenset({"api"})}
API, WORKER = "spiffe://coach.internal/api", "spiffe://coach.internal/worker"


def refused(uris: tuple[str, ...], path: str = contract.SCORE, address: str = "10.0.0.7") -> str:
    gate = CertificateGate(proxy_networks("10.0.0.0/24"), ALLOWED)
    asked = AskedWork([], address, "POST", path, "", b"", uris)
    for ask in (gate.admit, gate.believe):
        with pytest.raises(NotBelieved) as found:
            ask(asked)
    return found.value.reason


def test_a_certificate_is_for_a_group_of_routes() -> None:
    gate = CertificateGate(proxy_networks("10.0.0.0/24"), ALLOWED)
    asked = AskedWork([], "10.0.0.7", "POST", contract.WHAT_IF, "", b"", (WORKER,))
    assert gate.believe(asked).name == "worker"
    assert refused((WORKER,), contract.NARRATE) == "identity"


@pytest.mark.parametrize(
    "uris",
    [
        (),
        ("spiffe://coach.internal/engine",),
        ("spiffe://example.org/api",),
        ("spiffe://coach.internal/api/",),
        ("https://coach.internal/api",),
        (API, WORKER),
        (API, API),
    ],
)
def test_one_uri_names_who_asks_and_it_must_be_one_that_may(uris: tuple[str, ...]) -> None:
    assert refused(uris) == "identity"


def test_a_service_from_elsewhere_is_not_heard() -> None:
    assert refused((API,), address="10.0.1.7") == "address"


def test_a_route_that_nobody_knows_is_not_shown_to_strangers() -> None:
    assert refused(("spiffe://coach.internal/engine",), "/v2/secret") == "identity"


def serials(installed: Installation, serving: ssl.SSLContext) -> int:
    _, caller = shake_hands(serving, installed.asking())
    return int(str((caller.getpeercert() or {})["serialNumber"]), 16)


def test_a_renewed_certificate_is_served_once_it_is_read(installed: Installation) -> None:
    tls = installed.serving()
    before = serials(installed, tls.listening)
    pki.renew(installed.certificates, installed.kek, [], clock.now())
    assert serials(installed, tls.listening) == before
    tls.reload()
    assert serials(installed, tls.listening) != before


def test_an_authority_follows_another_without_a_refusal_in_between(
    installed: Installation,
) -> None:
    tls = installed.serving()
    pki.follow(installed.certificates, installed.kek, clock.now())
    shake_hands(tls.listening, installed.asking())
    tls.reload()
    shake_hands(tls.listening, installed.asking())
    pki.renew(installed.certificates, installed.kek, ["api"], clock.now())
    shake_hands(tls.listening, installed.asking())
    pki.renew(installed.certificates, installed.kek, ["engine"], clock.now())
    tls.reload()
    shake_hands(tls.listening, installed.asking())


def test_an_authority_that_counts_no_more_is_forgotten(installed: Installation) -> None:
    tls, former = installed.serving(), installed.asking()
    pki.init(installed.certificates, installed.kek, clock.now(), 10, again=True)
    tls.reload()
    shake_hands(tls.listening, installed.asking())
    former.load_verify_locations(installed.certificates.trusted_file)
    with pytest.raises(ssl.SSLError):
        shake_hands(tls.listening, former)


def test_files_that_cannot_be_used_change_nothing(installed: Installation) -> None:
    tls = installed.serving()
    file = installed.certificates.file_of("engine")
    whole = file.read_bytes()
    other = new_authority(clock.now(), 10)
    pieces = issue(other, "engine", clock.now(), MONTH)
    for broken in (b"", whole[: len(whole) // 2], pieces.certificate + whole.partition(b"\n-")[2]):
        file.write_bytes(broken)
        with pytest.raises(CertificateTrouble):
            tls.reload()
    file.write_bytes(whole)
    shake_hands(tls.listening, installed.asking())
