"""Flask with Authlib, as its documentation has it."""

import os

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, jsonify, redirect, session, url_for

application = Flask(__name__)
application.secret_key = "tests only"
renewed = {}


def keep(name, token, refresh_token=None, access_token=None):
    renewed.update(token)


oauth = OAuth(application, update_token=keep)
provider = oauth.register(
    name="provider",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=f"{os.environ['ISSUER']}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid email profile"},
)


@application.get("/")
def home():
    return jsonify(session.get("user"))


@application.get("/login")
def login():
    return provider.authorize_redirect(url_for("callback", _external=True))


@application.get("/callback")
def callback():
    token = provider.authorize_access_token()
    session["user"] = {name: token["userinfo"].get(name) for name in ("sub", "name", "email")}
    session["token"] = {
        name: token[name] for name in ("access_token", "refresh_token", "token_type")
    }
    session["id_token"] = token["id_token"]
    return redirect(url_for("home"))


@application.get("/refresh")
def refresh():
    expired = {**session["token"], "expires_at": 1}
    told = provider.userinfo(token=expired)
    assert renewed["access_token"] != expired["access_token"]
    return jsonify(sub=told["sub"])


@application.get("/logout")
def logout():
    hint = session["id_token"]
    session.clear()
    return provider.logout_redirect(
        post_logout_redirect_uri=url_for("home", _external=True), id_token_hint=hint
    )


@application.errorhandler(OAuthError)
def refused(error):
    return jsonify(error=error.error), 400
