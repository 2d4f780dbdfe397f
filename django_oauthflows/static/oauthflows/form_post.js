/* Posts the answer to the app (OAuth 2.0 Form Post Response Mode §2). Without it, the button does. */
document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("form-post").submit();
});
