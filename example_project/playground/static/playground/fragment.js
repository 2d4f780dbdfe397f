/* Takes the answer out of the address (RFC 6749 §4.2.2), and gives the form what the client's code needs. */
document.addEventListener("DOMContentLoaded", () => {
  const fragment = window.location.hash.slice(1);
  // A token in the address stays in the browser's history, and leaks with every copied link.
  window.history.replaceState(null, "", window.location.pathname);
  if (!fragment) {
    return;
  }
  const members = document.getElementById("members");
  for (const [name, value] of new URLSearchParams(fragment)) {
    const term = document.createElement("dt");
    const said = document.createElement("dd");
    const isSecret = /(^|_)(code|token)$/.test(name);
    term.textContent = name;
    said.textContent = isSecret ? `${value.slice(0, 6)}… (${value.length} characters)` : value;
    members.append(term, said);
  }
  document.getElementById("fragment").value = fragment;
  document.getElementById("go-on").disabled = false;
});
