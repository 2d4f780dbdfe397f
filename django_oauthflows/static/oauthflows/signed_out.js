/* Goes on to the app once every frame has loaded, or after four seconds. Without it, the link does. */
document.addEventListener("DOMContentLoaded", () => {
  const goOn = () => window.location.replace(document.getElementById("onward").href);
  window.addEventListener("load", goOn, { once: true });
  window.setTimeout(goOn, 4000);
});
