"""FastAPI with Swagger UI from its own static files, as its documentation has it."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import requests
from fastapi import Depends, FastAPI, HTTPException
from fastapi.openapi.docs import get_swagger_ui_html, get_swagger_ui_oauth2_redirect_html
from fastapi.responses import HTMLResponse
from fastapi.security import OAuth2AuthorizationCodeBearer
from fastapi.staticfiles import StaticFiles

ISSUER = os.environ["ISSUER"]
SWAGGER_UI = "static/drf_spectacular_sidecar/swagger-ui-dist"

application = FastAPI(
    docs_url=None,
    redoc_url=None,
    swagger_ui_init_oauth={
        "clientId": os.environ["CLIENT_ID"],
        "scopes": "openid profile email",
        "usePkceWithAuthorizationCodeGrant": True,
    },
)
files = Path(find_spec("drf_spectacular_sidecar").origin).parent / SWAGGER_UI
application.mount("/static", StaticFiles(directory=files))
token_of = OAuth2AuthorizationCodeBearer(
    authorizationUrl=f"{ISSUER}/authorize/",
    tokenUrl=f"{ISSUER}/token/",
    scopes={"openid": "OpenID", "profile": "Name", "email": "Address"},
)


@application.get("/docs", include_in_schema=False)
def docs() -> HTMLResponse:
    return get_swagger_ui_html(
        openapi_url=application.openapi_url,
        title=application.title,
        oauth2_redirect_url=application.swagger_ui_oauth2_redirect_url,
        init_oauth=application.swagger_ui_init_oauth,
        swagger_js_url="/static/swagger-ui-bundle.js",
        swagger_css_url="/static/swagger-ui.css",
    )


@application.get(application.swagger_ui_oauth2_redirect_url, include_in_schema=False)
def redirect() -> HTMLResponse:
    return get_swagger_ui_oauth2_redirect_html()


@application.get("/api/me/")
def me(token: Annotated[str, Depends(token_of)]) -> dict[str, str]:
    told = requests.get(
        f"{ISSUER}/userinfo/", headers={"Authorization": f"Bearer {token}"}, timeout=30
    )
    if not told.ok:
        raise HTTPException(401)
    return {name: told.json()[name] for name in ("name", "email")}
