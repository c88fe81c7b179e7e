"""Where objects are kept: a folder, or a bucket that speaks S3.

`s3://bucket/prefix?endpoint=https://host&region=eu-central-1`; `allow_http=true` lets a test or a
private network do without TLS. An address holds no secret: keys come from the environment.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

OPTIONS = ("endpoint", "region", "allow_http")
REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder on this machine."""

    path: Path


@dataclass(frozen=True, slots=True)
class S3Bucket:
    """A bucket of an S3; an empty `endpoint` means Amazon's own for the region."""

    name: str
    prefix: str
    endpoint: str
    region: str
    allow_http: bool

    @property
    def server(self) -> str:
        """Return the address of the server that holds the bucket."""
        return self.endpoint or f"https://s3.{self.region}.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Keys:
    """What a bucket asks for; never shown."""

    key_id: str
    secret: str
    token: str = ""

    def __repr__(self) -> str:
        return "Keys(***)"


def parse(address: str) -> Folder | S3Bucket:
    """Read an address; raise ValueError with what is wrong with it."""
    if "://" not in address:
        return _folder(address)
    parts = urlsplit(address)
    if parts.scheme != "s3":
        raise ValueError("must be a folder or begin with s3://")
    if "@" in parts.netloc or ":" in parts.netloc:
        raise ValueError("must not hold keys; AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY do")
    if not parts.netloc:
        raise ValueError("names no bucket")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(set(options) - set(OPTIONS))
    if unknown:
        raise ValueError(f"has an unknown option {unknown[0]!r}; there are {', '.join(OPTIONS)}")
    return _bucket(parts.netloc, parts.path.strip("/"), options)


def _bucket(name: str, prefix: str, options: dict[str, str]) -> S3Bucket:
    endpoint = options.get("endpoint", "")
    allow_http = options.get("allow_http", "false")
    if allow_http not in {"true", "false"}:
        raise ValueError("allow_http is true or false")
    if endpoint and urlsplit(endpoint).scheme not in {"http", "https"}:
        raise ValueError("the endpoint begins with https://")
    if "@" in endpoint:
        raise ValueError("the endpoint must not hold keys")
    if endpoint and not _names_a_server(endpoint):
        raise ValueError("the endpoint names no server")
    if endpoint.startswith("http://") and allow_http != "true":
        raise ValueError("the endpoint has no TLS; add allow_http=true if that is meant")
    region = options.get("region", "") or REGION
    return S3Bucket(name, prefix, endpoint.rstrip("/"), region, allow_http == "true")


def _names_a_server(endpoint: str) -> bool:
    try:
        parts = urlsplit(endpoint)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _folder(address: str) -> Folder:
    path = Path(address).expanduser()
    if not path.is_absolute():
        raise ValueError("a folder begins with /")
    return Folder(path)
