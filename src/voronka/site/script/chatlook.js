// How the panel of the chat looks: after the pictures of the design, in the company's colour, on a light or a dark page.
export const CSS = `
:host { --ground: #fff; --ink: #1d1c1a; --soft: #5c5953; --edge: #d9d6ce; --field: #85827b; --theirs: #eff0ec; --bad: #a3271c; }
:host([dark]) { --ground: #262522; --ink: #f3f1ec; --soft: #b9b5ac; --edge: #3c3a35; --field: #908c84; --theirs: #332f29; --bad: #ffb4a9; }
.launch.is-open { display: none; }
.panel { position: fixed; inset-block-end: calc(20px + env(safe-area-inset-bottom, 0px)); right: calc(20px + env(safe-area-inset-right, 0px)); width: 400px; max-width: calc(100vw - 40px);
  height: min(640px, calc(100vh - 40px)); display: flex; flex-direction: column; overflow: hidden; border: 1px solid var(--edge); border-radius: 14px; background: var(--ground); color: var(--ink);
  font: 15px/1.4 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; box-shadow: 0 16px 48px rgb(0 0 0 / .2); text-align: start; }
.panel.is-left { right: auto; left: calc(20px + env(safe-area-inset-left, 0px)); }
h2, h3, p, ol, fieldset { margin: 0; padding: 0; border: 0; }
header { display: flex; align-items: center; gap: 12px; padding: 14px 12px 14px 16px; border-bottom: 1px solid var(--edge); }
header div { flex: 1; min-width: 0; }
header p { color: var(--soft); font-size: 13px; }
h2 { font-size: 16px; font-weight: 700; overflow-wrap: anywhere; }
h2:focus { outline: 0; }
h3 { font-size: 16px; }
.face { flex: none; width: 40px; height: 40px; border-radius: 50%; background: var(--tone); color: var(--upon); display: grid; place-items: center; font-weight: 700; }
.bare { flex: none; width: 36px; height: 36px; padding: 0; border: 0; border-radius: 8px; background: none; color: var(--soft); display: grid; place-items: center; }
.bare:hover { background: var(--theirs); }
.bare svg { width: 20px; height: 20px; }
.log { flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: 16px; display: flex; flex-direction: column; }
.log:focus-visible { outline-offset: -3px; }
ol { list-style: none; margin-top: auto; display: flex; flex-direction: column; gap: 14px; }
li { align-self: flex-start; max-width: 82%; min-width: 0; }
li .text { padding: 9px 14px; border-radius: 4px 14px 14px 14px; background: var(--theirs); white-space: pre-wrap; overflow-wrap: anywhere; }
li.is-bot .text { background: none; border: 1px dashed var(--field); }
li.is-mine { align-self: flex-end; }
li.is-mine .text { border-radius: 14px 4px 14px 14px; background: var(--tone); color: var(--upon); }
li.is-pending .text { opacity: .75; }
li a { color: inherit; }
.when { margin-top: 3px; color: var(--soft); font-size: 12px; }
.is-mine .when { text-align: end; }
.choices, .marks { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 6px; }
.choices button { display: inline-flex; align-items: center; gap: 6px; min-height: 34px; padding: 5px 12px; border: 1px solid var(--tone); border-radius: 17px; background: none; color: var(--tone); text-align: start; overflow-wrap: anywhere; }
.choices svg { width: 16px; height: 16px; flex: none; }
.choices button:hover { background: var(--theirs); }
.file { display: inline-flex; align-items: center; gap: 8px; max-width: 100%; min-height: 40px; padding: 8px 12px; border: 1px solid var(--edge); border-radius: 10px; background: none; text-align: start; overflow-wrap: anywhere; }
.file svg { width: 18px; height: 18px; flex: none; }
.file small { color: var(--soft); flex: none; }
.file.is-picture { padding: 0; overflow: hidden; min-width: 48px; justify-content: center; }
.file.is-picture canvas { display: block; max-width: 100%; }
.goods { display: flex; align-items: center; gap: 10px; padding: 8px 12px 8px 8px; border: 1px solid var(--edge); border-radius: 10px; text-decoration: none; overflow-wrap: anywhere; }
.goods.has-picture { min-height: 90px; }
.goods:hover span:last-child, .goods:focus-visible span:last-child { text-decoration: underline; }
.text + .goods { margin-top: 4px; }
.goods canvas { flex: none; width: 72px; height: 72px; border-radius: 8px; object-fit: cover; }
.goods b { display: block; }
.ends:not(:empty) { margin-top: 14px; padding: 12px; border: 1px solid var(--edge); border-radius: 10px; }
.ends form { display: flex; flex-direction: column; gap: 8px; align-items: flex-start; }
.marks label { min-width: 40px; min-height: 36px; display: inline-flex; gap: 4px; align-items: center; justify-content: center; border: 1px solid var(--field); border-radius: 8px; cursor: pointer; }
.marks label:has(:checked) { border-color: var(--tone); background: var(--theirs); }
input, select, textarea { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--field); border-radius: 8px; padding: 7px 10px; width: 100%; min-width: 0; accent-color: var(--tone); }
::placeholder { color: var(--soft); opacity: 1; }
input[type=checkbox], input[type=radio] { width: 18px; height: 18px; flex: none; margin: 1px 0 0; padding: 0; }
.types, .lost { padding: 4px 16px; color: var(--soft); font-size: 13px; }
.types i { display: inline-block; width: 6px; height: 6px; margin-inline-end: 4px; border-radius: 50%; background: var(--soft); animation: up 1.2s infinite; }
.types i:nth-child(2) { animation-delay: .2s; } .types i:nth-child(3) { animation-delay: .4s; margin-inline-end: 8px; }
@keyframes up { 0%, 60%, 100% { opacity: .35; } 30% { opacity: 1; } }
.foot { padding: 8px 10px calc(10px + env(safe-area-inset-bottom, 0px)); max-height: 78%; overflow-y: auto; flex: none; }
.who { display: flex; flex-direction: column; gap: 8px; padding: 4px 6px 10px; }
.field > span { display: block; margin-bottom: 2px; font-size: 13px; color: var(--soft); }
.agree { display: flex; gap: 8px; font-size: 13px; }
details { margin: 4px 0 0 26px; font-size: 13px; color: var(--soft); } summary { cursor: pointer; min-height: 24px; }
.why { padding: 2px 6px 6px; color: var(--bad); font-size: 14px; }
.write { display: flex; align-items: flex-end; gap: 6px; }
.write textarea { border-radius: 21px; padding: 9px 16px; min-height: 42px; max-height: 120px; resize: none; font-size: 16px; line-height: 1.35; }
.clip { position: relative; flex: none; width: 40px; height: 42px; display: grid; place-items: center; color: var(--soft); cursor: pointer; border-radius: 8px; }
.clip:focus-within { outline: 3px solid var(--tone); } .clip svg { width: 20px; height: 20px; }
.send { flex: none; width: 42px; height: 42px; padding: 0; border: 0; border-radius: 50%; background: var(--tone); color: var(--upon); display: grid; place-items: center; }
.send svg { width: 20px; height: 20px; }
.main { min-height: 40px; padding: 8px 18px; border: 0; border-radius: 8px; background: var(--tone); color: var(--upon); font-weight: 600; }
.link { display: block; width: fit-content; margin: 6px auto 0; min-height: 28px; padding: 2px 8px; border: 0; background: none; color: var(--soft); text-decoration: underline; font-size: 13px; }
.left { padding: 16px; text-align: center; }
.hide, .trap { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; padding: 0; border: 0; }
@media (max-width: 520px) {
  .panel, .panel.is-left { left: 0; right: 0; inset-block-end: auto; top: var(--top, 0); width: 100%; max-width: none; height: var(--high, 100dvh); border: 0; border-radius: 0; }
  header { padding-top: calc(14px + env(safe-area-inset-top, 0px)); }
}
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
`;
