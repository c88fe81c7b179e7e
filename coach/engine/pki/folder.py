"""The folder of certificates: who is trusted, the certificate and key of each service.

`ca.pem` holds the authorities that are trusted, the newest first: while one follows another there
are two. A service has one file, `<service>.pem`, with its certificate and its key together, so that
no reader finds the one of yesterday beside the other of today. The key of the authority,
`ca-key.json`, is sealed by the key of keys; who only uses certificates needs no copy of it.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from coach.engine.pki.certificates import Authority, Issued, as_pem
from coach.engine.pki.errors import CertificateTrouble, NoAuthority
from coach.engine.vault.kek import Kek
from coach.engine.vault.ring import WrapContext
from coach.errors import KekUnavailable
from coach.files import only_one, write_private
from coach.model.canonical import canonical_json
from coach.model.machine.home import private_folder
from coach.model.machine.identities import SERVICE

TRUSTED: Final = "ca.pem"
AUTHORITY_KEY: Final = "ca-key.json"
KEY_BYTES: Final = 32
FORM: Final = 1


class CertificateFolder:
    """Reads and writes the files; the key of the authority may be kept apart, in `key_file`."""

    def __init__(self, folder: Path, key_file: Path | None = None) -> None:
        self.folder = folder
        self._key_file = key_file or folder / AUTHORITY_KEY

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Let one process at a time change the folder."""
        with only_one(private_folder(self.folder) / ".lock"):
            yield

    @property
    def trusted_file(self) -> Path:
        """Return the file of the authorities."""
        return self.folder / TRUSTED

    def file_of(self, service: str) -> Path:
        """Return the file of a service."""
        return self.folder / f"{service}.pem"

    def services(self) -> list[str]:
        """Return the services that have a certificate here, by name."""
        found = {one.stem for one in self.folder.glob("*.pem") if one.name != TRUSTED}
        return sorted(one for one in found if SERVICE.fullmatch(one))

    def trusted(self) -> list[x509.Certificate]:
        """Return the authorities that are trusted, the newest first; none where there is none."""
        return self._certificates(self.trusted_file) if self.trusted_file.exists() else []

    def certificate(self, service: str) -> x509.Certificate:
        """Return the certificate of a service; CertificateTrouble where there is none."""
        return self._certificates(self.file_of(service))[0]

    def authority(self, kek: Kek) -> Authority:
        """Return the newest authority with its key, opened by the key of keys."""
        trusted = self.trusted()
        if not trusted:
            raise NoAuthority(folder=self.folder, reason="no authority", remedy="make_authority")
        key = _opened(self._sealed(), kek)
        if key.public_key() != trusted[0].public_key():
            reason = "the key is one of another authority"
            raise NoAuthority(folder=self.folder, reason=reason, remedy="name_authority_key")
        return Authority(trusted[0], key)

    def keep_authority(
        self, authority: Authority, trusted: list[x509.Certificate], kek: Kek
    ) -> None:
        """Keep a new authority before those that stay trusted."""
        self._keep_key(authority.key, kek)
        self.keep_trusted([authority.certificate, *trusted])

    def wrap_anew(self, kek: Kek) -> bool:
        """Wrap the authority's key by the current key of keys; False where it does not open."""
        if not self._key_file.exists():
            return True
        with self.changing():
            sealed = self._sealed()
            if sealed["kek"] != kek.current:
                try:
                    self._keep_key(_opened(sealed, kek), kek)
                except KekUnavailable:
                    return False
        return True

    def _keep_key(self, key: ec.EllipticCurvePrivateKey, kek: Kek) -> None:
        number = key.private_numbers().private_value
        wrapped = kek.wrap(number.to_bytes(KEY_BYTES, "big"), _context())
        sealed = {
            "version": FORM,
            "kek": kek.current,
            "wrapped": b64encode(wrapped).decode(),
        }
        private_folder(self._key_file.parent)
        write_private(self._key_file, canonical_json(sealed) + b"\n")

    def keep_trusted(self, trusted: list[x509.Certificate]) -> None:
        """Keep which authorities are trusted."""
        write_private(self.trusted_file, as_pem(trusted))

    def keep(self, service: str, issued: Issued) -> None:
        """Keep the certificate of a service and its key."""
        write_private(self.file_of(service), issued.certificate + issued.key)

    def _certificates(self, file: Path) -> list[x509.Certificate]:
        try:
            return x509.load_pem_x509_certificates(file.read_bytes())
        except OSError as trouble:
            reason = f"{file.name}: {(trouble.strerror or 'unknown reason').lower()}"
        except ValueError:
            reason = f"{file.name} holds no certificate"
        raise CertificateTrouble(folder=self.folder, reason=reason, remedy="list_certificates")

    def _sealed(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(self._key_file.read_bytes())
            known = found["version"] == FORM
        except FileNotFoundError:
            reason = "the key of the authority is not here"
            raise NoAuthority(
                folder=self.folder, reason=reason, remedy="name_authority_key"
            ) from None
        except OSError as trouble:
            reason = f"{self._key_file.name}: {(trouble.strerror or 'unknown reason').lower()}"
            raise CertificateTrouble(folder=self.folder, reason=reason) from None
        except (ValueError, KeyError, TypeError, RecursionError):
            known = False
        if not known:
            reason = f"{self._key_file.name} is no key of an authority"
            raise CertificateTrouble(folder=self.folder, reason=reason)
        return found


def _opened(sealed: dict[str, Any], kek: Kek) -> ec.EllipticCurvePrivateKey:
    raw = kek.unwrap(b64decode(sealed["wrapped"]), sealed["kek"], _context())
    return ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())


def _context() -> WrapContext:
    return WrapContext("pki", sha256(b"coach certificate authority").digest()[:16], "authority")
