"use strict";
// Without scripts, people press the button.
document.getElementById("at-the-provider").submit();
