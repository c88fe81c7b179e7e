"""Files of secrets in the format of sops, sealed for age recipients: dotenv, YAML and JSON.

Promises: every value that a file gives has been authenticated, under its own name and in its own
place; a file that sops itself would take although somebody changed it (an empty value, a name that
stands twice) is refused; a value never stands in an error; nothing plain is written to a disk.

Not promised: who wrote a file. Whoever knows a public recipient can make a whole new file that
verifies, so that trust in one comes from where it lies and from who may write there.

Not here: PGP, key management services, Shamir's key groups, recipients that are post-quantum, of a
plugin or of SSH. Each is refused by its name. The format is that of getsops/sops 3.13.2.
"""
