// Entry of the scripts: settings of htmx, then the elements. Every element works after a htmx swap,
// since the browser itself calls connectedCallback and disconnectedCallback.
import "./net.js";
import "./clock.js";
import "./count.js";
import "./press-bar.js";
import "./strip.js";
import "./toast.js";
import "./palette.js";
import "./live.js";
import "./lease.js";
import "./draft.js";
import "./progress.js";
import "./theme.js";
import "./hold.js";
import "./help.js";
import "./back.js";
import "./chips.js";
import "./after.js";
import "./ahead.js";
import "./passkey.js";
import "./app.js";
import "./reminders.js";
import "./mention.js";
import "./more.js";
