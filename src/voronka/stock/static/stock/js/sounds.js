// What a storekeeper hears and feels without looking: one short high tone is right, two low ones are wrong.

let context;

const tone = (from, hertz, seconds) => {
  const source = context.createOscillator(), loud = context.createGain();
  source.frequency.value = hertz;
  loud.gain.setValueAtTime(0.2, context.currentTime + from);
  loud.gain.exponentialRampToValueAtTime(0.001, context.currentTime + from + seconds);
  source.connect(loud).connect(context.destination);
  source.start(context.currentTime + from);
  source.stop(context.currentTime + from + seconds);
};

/** Sounds and shakes; a browser that does not let a page sound until it is touched stays silent. */
export const sound = (isRight) => {
  try {
    context ??= new AudioContext();
    if (context.state === "suspended") context.resume();
    if (isRight) tone(0, 1320, 0.09);
    else { tone(0, 220, 0.18); tone(0.24, 180, 0.3); }
  } catch { /* no sound here */ }
  navigator.vibrate?.(isRight ? 40 : [120, 80, 200]);
};
