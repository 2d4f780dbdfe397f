"""Flask around requests-oauthlib, as its documentation has it."""

import os

from flask import Flask, jsonify, redirect, request, session
from requests_oauthlib import OAuth2Session

application = Flask(__name__)
application.secret_key = "tests only"
ISSUER, CLIENT_ID = os.environ["ISSUER"], os.environ["CLIENT_ID"]
CALLBACK = f"{os.environ['ORIGIN']}/callback"
SCOPE = ["openid", "email", "profile"]


@application.get("/login")
def login():
    client = OAuth2Session(CLIENT_ID, redirect_uri=CALLBACK, scope=SCOPE)
    url, session["state"] = client.authorization_url(f"{ISSUER}/authorize/")
    return redirect(url)


@application.get("/callback")
def callback():
    if "error" in request.args:
        return jsonify(error=request.args["error"]), 400
    client = OAuth2Session(CLIENT_ID, redirect_uri=CALLBACK, state=session["state"], scope=SCOPE)
    session["token"] = client.fetch_token(
        f"{ISSUER}/token/",
        client_secret=os.environ["CLIENT_SECRET"],
        authorization_response=request.url,
    )
    return redirect("/")


@application.get("/")
def home():
    if "token" not in session:
        return jsonify(None)
    told = OAuth2Session(CLIENT_ID, token=session["token"]).get(f"{ISSUER}/userinfo/").json()
    return jsonify(name=told["name"], email=told["email"])


@application.get("/refresh")
def refresh():
    client = OAuth2Session(CLIENT_ID, token=session["token"])
    session["token"] = client.refresh_token(
        f"{ISSUER}/token/", client_id=CLIENT_ID, client_secret=os.environ["CLIENT_SECRET"]
    )
    return jsonify(sub=client.get(f"{ISSUER}/userinfo/").json()["sub"])


@application.get("/logout")
def sign_out():
    hint = session.pop("token")["id_token"]
    back = f"{os.environ['ORIGIN']}/"
    return redirect(f"{ISSUER}/logout/?id_token_hint={hint}&post_logout_redirect_uri={back}")
