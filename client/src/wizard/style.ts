/** What the wizard adds to the page's style. A browser without `:has` shows all steps below each other. */
export const style = `
.step{display:none}
.step:target,form:not(:has(.step:target)) .start{display:block}
@supports not selector(:has(a)){.step{display:block;margin-bottom:16px}}
h1{margin:8px 0 16px}
.step h2{font-size:20px;line-height:28px;margin:12px 0 8px}
.step h2:focus{outline:none}
.progress{display:flex;align-items:center;gap:16px}
.progress .quiet{white-space:nowrap;font-size:13px}
.segments{display:flex;gap:4px;flex:1}
.segments span{flex:1;height:4px;border-radius:2px;background:var(--line)}
.segments .past{background:var(--accent)}
.question{margin-bottom:16px;max-width:480px}
.question label{display:block;font-weight:600;margin-bottom:4px}
.question label .quiet{font-weight:400}
.question p{font-size:13px;margin-top:4px}
.input{width:100%;min-height:36px;padding:6px 8px;border:1px solid var(--control);border-radius:6px;background:var(--surface)}
.input[aria-invalid]{border-color:var(--error)}
.wrong{color:var(--error)}
.wrong::before{content:"! ";font-weight:600}
.tick{display:grid;grid-template-columns:16px 1fr;gap:0 8px}
.tick input{width:16px;height:16px;margin:2px 0;accent-color:var(--accent)}
.tick label{font-weight:400;margin:0}
.tick p{grid-column:2}
.layer{background:var(--bg);margin-bottom:16px}
.layer h3{margin:0 0 8px}
.layer>p{margin-bottom:12px}
.layer pre{background:var(--surface)}
.layer .choice{background:var(--surface);margin-bottom:12px}
.example{display:none}
.layer:has(:checked) .example{display:block}
.example p{margin-bottom:8px}
.buttons{display:flex;gap:12px;margin-top:24px}
.buttons .button{min-width:120px}
form>.note{margin-bottom:16px}
@media (max-width:640px){.input,.choice{min-height:44px}.tick label,.tick input{margin:12px 0}.buttons .button{width:auto;flex:1}.note a{display:inline-flex;align-items:center;min-height:44px}}
`;
