"""Keys of the installation that come as files in PEM."""

from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

# RFC 8301: nobody has to take a shorter one.
LEAST_BITS = 1024


@lru_cache(maxsize=4)
def read_rsa_key(pem: bytes) -> RSAPrivateKey:
    """Return an RSA key, read once: that takes as long as a hundred signatures. Raises ValueError for anything else."""
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError) as error:  # the latter where a password is asked for
        raise ValueError("this file holds no private key in PEM, or one that asks for a password") from error
    except UnsupportedAlgorithm as error:  # a curve that nobody signs letters by
        raise ValueError("this file holds a key of a kind that is not known here") from error
    if not isinstance(key, RSAPrivateKey) or key.key_size < LEAST_BITS:
        raise ValueError(f"this file holds no RSA key of {LEAST_BITS} bits or more")
    return key
