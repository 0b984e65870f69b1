/** The style of a case report: light, dark and on paper. */
export const REPORT_STYLE = `
:root{color-scheme:light dark;--page:#fff;--ink:#1c2024;--soft:#5b6570;--line:#d5dae0;--panel:#f4f6f8;--accent:#1b5fa8;
--good:#1a6b34;--bad:#a8321f;--note:#8a5a00;--plain:#44505c}
@media (prefers-color-scheme:dark){:root{--page:#16181d;--ink:#e4e7eb;--soft:#a0a9b4;--line:#343a43;--panel:#1e2229;
--accent:#7fb4ec;--good:#7fd39a;--bad:#f09a88;--note:#e6b95c;--plain:#b6c0ca}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:76rem;padding:1.5rem;background:var(--page);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
h1{font-size:1.6rem;margin:0 0 .25rem}h2{font-size:1.2rem;margin:2.2rem 0 .6rem;padding-bottom:.25rem;
border-bottom:2px solid var(--line)}h3{font-size:1rem;margin:1.4rem 0 .4rem}h4{font-size:.9rem;margin:.9rem 0 .2rem}
p{margin:.35rem 0}.lead{font-size:1.05rem}.soft{color:var(--soft)}a{color:var(--accent)}
nav ul{columns:2;margin:.4rem 0;padding-left:1.2rem}
table{border-collapse:collapse;width:100%;font-size:.86rem;margin:.4rem 0}
th,td{text-align:left;vertical-align:top;padding:.28rem .5rem;border-bottom:1px solid var(--line);overflow-wrap:break-word}
th{color:var(--soft);font-weight:600}.ends{white-space:nowrap}td.n,th.n{text-align:right;white-space:nowrap}
.wide{overflow-x:auto}dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.4rem 0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
ul{margin:.3rem 0;padding-left:1.3rem}li{margin:.15rem 0}
.mono,pre{font-family:ui-monospace,SFMono-Regular,Consolas,"Liberation Mono",monospace}
pre{font-size:.8rem;line-height:1.4;background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.6rem .8rem;
margin:.3rem 0 .8rem;white-space:pre-wrap;overflow-wrap:anywhere}
.story{border:1px solid var(--line);border-left:4px solid var(--plain);border-radius:6px;padding:.3rem .9rem .7rem;margin:.9rem 0}
.story.opaque,.story.handshake-failed{border-left-color:var(--bad)}.story.partly-decrypted{border-left-color:var(--note)}
.mark{display:inline-block;border:1px solid currentColor;border-radius:1em;padding:0 .55em;font-size:.78rem;white-space:nowrap;
color:var(--plain)}
.mark.decrypted,.mark.present,.mark.completed,.mark.established,.mark.registered{color:var(--good)}
.mark.opaque,.mark.handshake-failed,.mark.error,.mark.missing,.mark.yes,.mark.failed,.mark.malformed{color:var(--bad)}
.mark.partly-decrypted,.mark.warning,.mark.maybe,.mark.locked,.mark.awaiting{color:var(--note)}
figure{margin:.6rem 0;overflow-x:auto;background:#fff;border:1px solid var(--line);border-radius:6px;padding:.4rem}
figure svg{max-width:100%;height:auto;display:block}
footer{margin-top:2.5rem;padding-top:.6rem;border-top:1px solid var(--line);color:var(--soft);font-size:.85rem}
@media print{:root{color-scheme:light;--page:#fff;--ink:#000;--soft:#444;--line:#bbb;--panel:#f6f6f6;--accent:#000;
--good:#0a4d20;--bad:#7d1a0a;--note:#654200;--plain:#333}
body{max-width:none;padding:0;font-size:10pt}a{text-decoration:none}nav{display:none}
td{overflow-wrap:anywhere}td,th{padding:.2rem .3rem}table{font-size:8pt}
pre,tr,h3,h4{break-inside:avoid}h2,h3,h4{break-after:avoid}figure{border:0;padding:0}.wide,figure{overflow:visible}}
`.trim();
