"""JupyterHub as registering it printed, at ports and in a folder of the tests.

It keeps its tokens, as OAuthenticator's documentation has it, and asks with them every second.
"""

import os

FOLDER, PORT = os.environ["FOLDER"], os.environ["PORT"]

load_subconfig(os.environ["CONFIGURATION"])  # noqa: F821

c = get_config()  # noqa: F821
c.JupyterHub.bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.default_url = "/hub/home"
c.JupyterHub.hub_port = int(os.environ["HUB_PORT"])
c.JupyterHub.db_url = f"sqlite:///{FOLDER}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = f"{FOLDER}/jupyterhub_cookie_secret"
c.ConfigurableHTTPProxy.command = os.environ["PROXY"]
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{os.environ['PROXY_PORT']}"
c.ConfigurableHTTPProxy.pid_file = f"{FOLDER}/jupyterhub-proxy.pid"
c.GenericOAuthenticator.enable_auth_state = True
c.GenericOAuthenticator.auth_refresh_age = 1
