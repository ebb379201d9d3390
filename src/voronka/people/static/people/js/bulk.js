// When a change of many cards has ended, its page shows the result.
document.addEventListener("v-progress:ended", (event) => { if (event.detail.state === "ended") location.reload(); });
