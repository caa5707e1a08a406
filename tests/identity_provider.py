"""A provider of OpenID Connect on this machine: it lets in at once whoever `person` names, with a signed token."""

import base64
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "atenea"


class Provider:
    """What the server knows: who signs in next, and which codes it has given out."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.person: dict[str, Any] = {}
        self.codes: dict[str, str] = {}

    def document(self) -> dict[str, Any]:
        """What a client reads first."""
        return {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }  # fmt: skip

    def token(self, code: str) -> dict[str, Any]:
        """What a code is exchanged for; once."""
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 600, "nonce": self.codes.pop(code),
            **self.person,
        }  # fmt: skip
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)
        return {"access_token": secrets.token_hex(8), "token_type": "Bearer", "expires_in": 600, "id_token": signed}


@contextmanager
def identity_provider() -> Iterator[Provider]:
    """The provider, as long as it is needed."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            if asked.path == "/authorize":
                given = {name: values[0] for name, values in parse_qs(asked.query).items()}
                code = secrets.token_hex(8)
                provider.codes[code] = given.get("nonce", "")
                self.send_response(302)
                back = urlencode({"code": code, "state": given["state"]})
                self.send_header("Location", f"{given['redirect_uri']}?{back}")
                self.end_headers()
            elif asked.path == "/keys":
                self.say({"keys": [{**provider.key.as_dict(private=False), "alg": "RS256", "use": "sig"}]})
            else:
                self.say(provider.document())

        def do_POST(self) -> None:
            body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            kind, _, secret = self.headers.get("Authorization", "").partition(" ")
            if kind == "Basic":
                assert base64.b64decode(secret).decode().startswith(f"{CLIENT}:")
            self.say(provider.token(body["code"][0]))

        def say(self, value: dict[str, Any]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(value).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    provider = Provider(server.server_address[1])
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
