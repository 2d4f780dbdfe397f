/* Copies what stands on the page, and shows one language at a time. Without it, all of it is there as text. */

/* The clipboard is closed to pages without https; selecting works everywhere. */
const copied = async (element) => {
  try {
    await navigator.clipboard.writeText(element.textContent);
    return true;
  } catch {
    window.getSelection().selectAllChildren(element);
    return document.execCommand("copy");
  }
};

for (const button of document.querySelectorAll("[data-oauthflows-copy]")) {
  const said = button.textContent;
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    const element = document.getElementById(button.dataset.oauthflowsCopy);
    if (!(await copied(element))) return;
    button.textContent = button.dataset.oauthflowsCopied;
    window.setTimeout(() => {
      button.textContent = said;
    }, 2000);
  });
}

/* Whoever chose a language for one way means it for all. */
const choose = (language) => {
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const isChosen = tab.dataset.oauthflowsLanguage === language;
    tab.setAttribute("aria-selected", String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = !isChosen;
  }
};

const tabOf = (panel) => {
  const tab = document.createElement("button");
  const { oauthflowsLanguage } = panel.dataset;
  tab.type = "button";
  tab.id = `${panel.id}-tab`;
  tab.className = "oauthflows-choice";
  tab.textContent = panel.querySelector("h4").textContent;
  tab.dataset.oauthflowsLanguage = oauthflowsLanguage;
  tab.setAttribute("role", "tab");
  tab.setAttribute("aria-controls", panel.id);
  tab.addEventListener("click", () => choose(oauthflowsLanguage));
  panel.querySelector("h4").hidden = true;
  panel.setAttribute("role", "tabpanel");
  panel.setAttribute("aria-labelledby", tab.id);
  return tab;
};

const steps = { ArrowRight: 1, ArrowLeft: -1 };

for (const group of document.querySelectorAll("[data-oauthflows-tabs]")) {
  const list = document.createElement("div");
  const tabs = [...group.querySelectorAll(".oauthflows-tab")].map(tabOf);
  list.className = "oauthflows-choices";
  list.setAttribute("role", "tablist");
  list.append(...tabs);
  list.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step) return;
    const next = tabs.at((tabs.indexOf(document.activeElement) + step) % tabs.length);
    choose(next.dataset.oauthflowsLanguage);
    next.focus();
  });
  group.prepend(list);
}

if (document.querySelector("[role=tab]")) {
  choose(document.querySelector("[role=tab]").dataset.oauthflowsLanguage);
}
