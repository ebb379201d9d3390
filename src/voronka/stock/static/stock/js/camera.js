// The camera reads codes where the browser itself can; the same code held still counts once in a while, not thirty times a second.

const FORMATS = ["ean_13", "ean_8", "upc_a", "upc_e", "code_128", "code_39", "itf", "qr_code", "data_matrix"];
const AGAIN_MS = 1500, EVERY_MS = 120;

/** Whether this browser can read codes by a camera. */
export const canSee = () => "BarcodeDetector" in window && !!navigator.mediaDevices?.getUserMedia;

export class Camera {
  constructor(video, take) {
    this.video = video;
    this.take = take;
    this.seen = { code: "", at: 0 };
  }

  get isOn() { return !!this.stream; }

  async start() {
    const known = (await BarcodeDetector.getSupportedFormats?.()) || FORMATS;
    const formats = FORMATS.filter((one) => known.includes(one));
    this.detector = new BarcodeDetector(formats.length ? { formats } : undefined);
    this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    this.video.srcObject = this.stream;
    this.video.hidden = false;
    await this.video.play();
    this.look();
  }

  async look() {
    if (!this.stream) return;
    try {
      for (const one of await this.detector.detect(this.video)) this.found(one.rawValue);
    } catch { /* a frame that cannot be read; the next one comes */ }
    this.timer = setTimeout(() => this.look(), EVERY_MS);
  }

  found(code) {
    const now = performance.now();
    if (!code || (code === this.seen.code && now - this.seen.at < AGAIN_MS)) { if (code) this.seen.at = now; return; }
    this.seen = { code, at: now };
    this.take(code);
  }

  stop() {
    clearTimeout(this.timer);
    for (const track of this.stream?.getTracks() || []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
    this.video.hidden = true;
  }
}
