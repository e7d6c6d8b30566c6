/** The page's whole style; the tokens are the dashboard's. No style attribute anywhere: the CSP forbids it. */
export const style = `
:root{color-scheme:light dark;--bg:#f6f7f9;--surface:#fff;--sunk:#eef0f4;--text-1:#14181f;--text-2:#4a5361;--text-3:#5c6573;--line:#dde1e8;--control:#7a8391;--accent:#2857ba;--on-accent:#fff;--ok:#1b7a43;--warn:#8f5a00;--error:#b3261e;--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans",sans-serif}
@media (prefers-color-scheme:dark){:root{--bg:#0e1014;--surface:#14171c;--sunk:#1b1f26;--text-1:#e8ebf0;--text-2:#aeb6c2;--text-3:#8b94a3;--line:#2a303a;--control:#6f7887;--accent:#8fb0f5;--on-accent:#0e1014;--ok:#57c98a;--warn:#e9b04a;--error:#ff8a80}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:16px}
body{margin:0;background:var(--bg);color:var(--text-1);font:14px/20px var(--sans);font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
h1,h2,h3,p,ul,ol,dl,dd,pre,fieldset{margin:0;padding:0}
h1{font-size:20px;line-height:28px}
h2{font-size:16px;line-height:24px;margin-bottom:8px}
h3{font-size:14px;line-height:20px;margin:20px 0 8px}
fieldset{border:0;min-width:0}
a{color:var(--accent);text-underline-offset:2px}
code,pre{font:12px/18px var(--mono)}
b,strong{font-weight:600}
button,input,select,textarea{font:inherit;color:inherit}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
:target{scroll-margin-top:16px}
.hidden{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
[hidden]{display:none!important}
.skip:not(:focus){position:absolute;clip-path:inset(50%)}
.skip{position:fixed;z-index:2;top:8px;left:16px;padding:8px 16px;border-radius:6px;background:var(--accent);color:var(--on-accent)}
.top,.body,.foot{max-width:1088px;margin:0 auto;padding:16px}
.top{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 16px;padding-bottom:0}
.top a{margin-left:auto}
.body{display:grid;grid-template-columns:184px minmax(0,1fr);gap:16px 24px}
.body.single{display:block;max-width:752px}
.single h1{margin-bottom:12px}
.single .note{margin-bottom:16px}
.sink>.quiet{margin-top:8px}
.side{position:sticky;top:16px;align-self:start}
.side a{display:block;padding:6px 8px;border-radius:6px;color:var(--text-2);text-decoration:none}
.side a:hover{background:var(--sunk);color:var(--text-1)}
main{display:grid;grid-template-columns:minmax(0,1fr);gap:16px}
.card{padding:16px;border:1px solid var(--line);border-radius:8px;background:var(--surface);min-width:0}
.quiet,.says,.intro{color:var(--text-2)}
.intro{margin-bottom:12px;max-width:88ch}
.foot{color:var(--text-3);font-size:12px;line-height:16px;display:flex;flex-wrap:wrap;gap:4px 16px}
.sentence{font-size:16px;line-height:24px;margin:12px 0 4px}
.badges{display:flex;flex-wrap:wrap;gap:8px}
.badge,.tag{padding:1px 8px;border:1px solid var(--line);border-radius:6px;color:var(--text-2);font-size:13px;background:var(--sunk)}
.badge::before{content:"";display:inline-block;width:8px;height:8px;margin-right:6px;border:1px solid var(--control);border-radius:50%}
.badge.on::before{background:var(--ok);border-color:var(--ok)}
.badge b{color:var(--text-1)}
.tag{margin-left:8px;font-style:normal;font-size:12px}
.note{margin:0 0 12px;padding:8px 12px;border-left:3px solid var(--control);border-radius:0 6px 6px 0;background:var(--sunk)}
.note.warn{border-color:var(--warn);margin:12px 0 0}
.note.error{border-color:var(--error)}
.note.done{border-color:var(--ok);margin:0}
.single .note.done{margin-bottom:16px}
.note ul{padding-left:20px}
.button{display:inline-flex;align-items:center;justify-content:center;min-height:32px;padding:5px 12px;border:1px solid var(--control);border-radius:6px;background:var(--surface);color:var(--text-1);text-decoration:none;cursor:pointer}
.button:hover{background:var(--sunk)}
.button:disabled{opacity:.6;cursor:not-allowed}
.button.small{min-height:24px;padding:1px 8px;font-size:12px}
.button.danger{border-color:var(--error);color:var(--error)}
.modes{display:grid;gap:8px;margin-bottom:12px}
.choice{display:flex;gap:12px;padding:10px 12px;border:1px solid var(--line);border-radius:6px;cursor:pointer}
.choice:has(:checked){border-color:var(--accent);background:var(--sunk)}
.choice:has(:disabled){cursor:not-allowed}
.choice:has(:disabled) b{color:var(--text-2)}
.choice input{width:16px;height:16px;margin:2px 0;flex:none;accent-color:var(--accent)}
.choice>span{min-width:0}
.says{display:block;max-width:88ch}
.toggle{display:flex;flex-wrap:wrap;align-items:center;gap:8px 12px;margin-top:12px}
form+.toggle{padding-top:12px;border-top:1px solid var(--line)}
.toggle .quiet{flex:1 1 280px}
.facts{display:grid}
.facts>div{display:grid;grid-template-columns:168px minmax(0,1fr);gap:0 16px;padding:8px 0;border-top:1px solid var(--line)}
.facts>div:first-child{border-top:0}
dt{color:var(--text-2)}
.facts+.button,.facts+.toggle{margin-top:8px}
.id{display:flex;flex-wrap:wrap;align-items:center;gap:4px 8px}
.id code{font-size:13px}
.scale{display:grid;grid-template-columns:repeat(3,1fr);gap:4px;margin:12px 0;list-style:none}
.scale li{padding:4px 8px;border-top:4px solid var(--line);color:var(--text-2);font-size:13px}
.scale [aria-current]{border-color:var(--accent);color:var(--text-1);font-weight:600}
.tabs{display:flex;flex-wrap:wrap;gap:4px;margin-bottom:16px;border-bottom:1px solid var(--line)}
.tabs a{padding:8px 12px;margin-bottom:-1px;border-bottom:2px solid transparent;color:var(--text-2);text-decoration:none}
.tabs a:hover{color:var(--text-1)}
.tabs [aria-current]{border-color:var(--accent);color:var(--text-1);font-weight:600}
.tabs~h3:first-of-type{margin-top:0}
table{width:100%;border-collapse:collapse;font-size:13px;margin-bottom:12px}
th,td{padding:8px 12px 8px 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th{color:var(--text-2);font-size:12px;line-height:16px;font-weight:600}
th{overflow-wrap:normal}
.fields td:nth-child(1){width:24%}
.fields td:nth-child(2){width:28%}
.fields td:last-child{white-space:nowrap}
details{border-top:1px solid var(--line)}
details:last-of-type{border-bottom:1px solid var(--line)}
summary{padding:8px 4px;cursor:pointer}
summary:hover{background:var(--sunk)}
pre{margin:0 0 12px;padding:12px;border-radius:6px;background:var(--sunk);white-space:pre-wrap}
details>p,details>ul,.event{margin:0 0 12px 20px}
details .note{margin:0 0 8px}
.line{padding:8px 4px;border-top:1px solid var(--line)}
.result{font-weight:600}
details>table{margin-top:-4px}
.result.delivered{color:var(--ok)}
.result.refused{color:var(--error)}
.result.waiting,.result.delivered_in_part,.result.unknown{color:var(--warn)}
.plain,.properties{padding-left:20px}
.plain li{margin-bottom:4px}
.event h3{margin:12px 0 0}
.pages{display:flex;align-items:center;gap:12px;margin-top:16px}
.sink+.sink{margin-top:16px;border-top:1px solid var(--line)}
.steps{padding-left:20px;margin-bottom:16px}
.steps li{margin-bottom:8px}
@media (max-width:800px){.body{grid-template-columns:minmax(0,1fr);padding:12px}.side{display:none}.card{padding:12px}}
@media (max-width:640px){
.button,.button.small,.tabs a,summary{min-height:44px}
.tabs a{display:flex;align-items:center}
summary{padding:12px 4px}
.top a{min-height:44px;display:inline-flex;align-items:center;margin-left:0}
.foot a{display:inline-flex;align-items:center;min-height:44px}
.button:not(.small){width:100%}
.facts>div{grid-template-columns:minmax(0,1fr)}
table,tbody,tr,td{display:block}
thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
tr{padding:8px 0;border-bottom:1px solid var(--line)}
.fields td:nth-child(n),td{width:auto;padding:2px 0 2px 96px;border:0;white-space:normal}
td::before{content:attr(data-of);float:left;width:88px;margin-left:-96px;color:var(--text-2);font-size:12px}
.tabs{gap:0}
.tabs a{padding:8px 6px}
.toggle .quiet{flex-basis:100%}
}
@media print{.side,.tabs,form,.button{display:none}.body{display:block}}
`;
