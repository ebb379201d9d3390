// The visitor's screen holds one thing of ours at a time: whoever wants to show something asks for it here.

/** Who has the screen; ranks: the higher is never covered by the lower. */
export function makeScreen() {
  let holder = null;
  const freed = [];
  return {
    /** Take the screen: false while something of the same rank or a higher one is there; else that is asked to go. */
    take(name, rank, leave) {
      if (holder && holder.name !== name) {
        if (holder.rank >= rank) return false;
        holder.leave?.();
      }
      holder = { name, rank, leave };
      return true;
    },
    /** Give it back. */
    free(name) {
      if (holder?.name !== name) return;
      holder = null;
      freed.forEach((hears) => hears());
    },
    /** Who has it: a name, or "". */
    held: () => holder?.name ?? "",
    /** Hear when it is free again. */
    onFree: (hears) => { freed.push(hears); },
  };
}
