"""A push service and a device as the standards have them: RFC 8030 takes, RFC 8292 knows the sender, RFC 8291 opens.

The opening is written from the receiver's side of the standard, so a fault of our sealing does not pass through both.
"""

import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _hmac(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


class Device:
    """A browser's end of a subscription."""

    def __init__(self, service, name, server_key):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = hashlib.sha256(name.encode()).digest()[:16]
        self.server_key = server_key
        self.endpoint = f"http://127.0.0.1:{service.port}/push/{name}"
        self.seen = []
        service.devices[f"/push/{name}"] = self

    @property
    def fields(self):
        return {"endpoint": self.endpoint, "point": b64(self.point), "secret": b64(self.secret)}

    @property
    def point(self):
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def open(self, body):
        """Open a sealed message, step by step as RFC 8291, 3.4 and RFC 8188, 2 have it."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert length == 65
        assert len(body) <= size == 4096
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        first = _hmac(self.secret, shared)
        material = _hmac(first, b"WebPush: info\0" + self.point + sender + b"\x01")
        second = _hmac(salt, material)
        key = _hmac(second, b"Content-Encoding: aes128gcm\0\x01")[:16]
        nonce = _hmac(second, b"Content-Encoding: nonce\0\x01")[:12]
        opened = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert opened[-1:] == b"\x02"
        return json.loads(opened[:-1])


class Service:
    """Takes pushes at /push/NAME; `answers` are given in turn, then 201."""

    def __init__(self):
        service = self
        self.devices, self.answers, self.asked = {}, [], 0

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                service.asked += 1
                body = self.rfile.read(int(self.headers["content-length"]))
                status = service.answers.pop(0) if service.answers else service.take(self.path, self.headers, body)
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def take(self, path, headers, body):
        device = self.devices.get(path)
        if device is None:
            return 410
        if not self.knows(headers.get("authorization", ""), device.server_key):
            return 403
        if headers["content-encoding"] != "aes128gcm" or not headers["ttl"].isdigit() or len(headers["topic"]) > 32:
            return 400
        device.seen.append((device.open(body), dict(headers.items())))
        return 201

    def knows(self, said, server_key):
        """Check the sender's word as RFC 8292, 2 and 3 tell: scheme, audience, time, signature by the device's key."""
        scheme, _, rest = said.partition(" ")
        parts = dict(one.strip().split("=", 1) for one in rest.split(","))
        head, claims, sign = parts["t"].split(".")
        told = json.loads(unb64(claims))
        is_fresh = time.time() < told["exp"] <= time.time() + 24 * 3600
        if scheme != "vapid" or parts["k"] != server_key or json.loads(unb64(head))["alg"] != "ES256" or not is_fresh:
            return False
        if told["aud"] != f"http://127.0.0.1:{self.port}" or not told["sub"].startswith(("mailto:", "https:")):
            return False
        both = unb64(sign)
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(parts["k"]))
        try:
            pair = encode_dss_signature(int.from_bytes(both[:32], "big"), int.from_bytes(both[32:], "big"))
            key.verify(pair, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)
