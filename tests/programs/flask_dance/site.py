"""Flask-Dance with a provider of one's own, as its documentation has it."""

import os

from flask import Flask, jsonify, redirect, url_for
from flask_dance.consumer import OAuth2ConsumerBlueprint, oauth_error

application = Flask(__name__)
application.secret_key = "tests only"
ISSUER = os.environ["ISSUER"]
provider = OAuth2ConsumerBlueprint(
    "provider",
    __name__,
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    scope=["openid", "profile", "email"],
    base_url=f"{ISSUER}/",
    token_url=f"{ISSUER}/token/",
    authorization_url=f"{ISSUER}/authorize/",
    # Without auto_refresh_kwargs: the credentials go in the header already (RFC 6749 §2.3).
    auto_refresh_url=f"{ISSUER}/token/",
)
application.register_blueprint(provider, url_prefix="/login")


@application.get("/")
def home():
    if not provider.session.authorized:
        return jsonify(None)
    told = provider.session.get("userinfo/").json()
    return jsonify(name=told["name"], email=told["email"])


@application.get("/refresh")
def refresh():
    before = dict(provider.token)
    provider.token = {**before, "expires_in": -10, "expires_at": 1}
    told = provider.session.get("userinfo/").json()
    assert provider.token["access_token"] != before["access_token"]
    return jsonify(sub=told["sub"])


@application.get("/logout")
def sign_out():
    hint = provider.token["id_token"]
    del provider.token
    back = url_for("home", _external=True)
    return redirect(f"{ISSUER}/logout/?id_token_hint={hint}&post_logout_redirect_uri={back}")


@oauth_error.connect_via(provider)
def refused(blueprint, error, error_description=None, error_uri=None):
    answer = jsonify(error=error)
    answer.status_code = 400
    return answer
