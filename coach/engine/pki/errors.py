"""What goes wrong with certificates.

CoachError
└── CertificateTrouble         E_CERTIFICATE
    ├── NoAuthority            nothing was issued here, or the key of the authority is elsewhere
    └── AuthorityThere         there is one already
"""

from coach.errors import CoachError


class CertificateTrouble(CoachError):
    """the certificates in {folder} cannot be used: {reason}"""  # noqa: D400, D415 -- a message

    code = "E_CERTIFICATE"


class NoAuthority(CertificateTrouble):
    """nothing can be issued in {folder}: {reason}"""  # noqa: D400, D415 -- a message


class AuthorityThere(CertificateTrouble):
    """{folder} has an authority already"""  # noqa: D400, D415 -- a message
