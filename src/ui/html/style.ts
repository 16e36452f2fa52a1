/** The style of every report: for phones and paper, in light and dark. */
export const style = `
:root {
  color-scheme: light dark;
  --text: #1c2126; --dim: #59636e; --back: #fff; --card: #f6f8fa; --line: #d1d9e0;
  --pass: #1a7f37; --warn: #8a5a00; --fail: #c4232d; --one: #0969da; --two: #bc4c00; --three: #6e7781;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e6edf3; --dim: #9198a1; --back: #0d1117; --card: #161b22; --line: #30363d;
    --pass: #3fb950; --warn: #d29922; --fail: #ff7b72; --one: #58a6ff; --two: #ffa657; --three: #8b949e;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 64rem; padding: 1rem; overflow-wrap: break-word;
  font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back);
}
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .25rem 0; }
a { color: var(--one); }
.dim { color: var(--dim); }
.verdict { white-space: pre-line; font-size: 1.1rem; font-weight: 600; margin: .75rem 0; padding: .5rem .75rem; border-left: .3rem solid; background: var(--card); }
.pass { color: var(--pass); } .warn { color: var(--warn); } .fail, .error, .inconclusive { color: var(--fail); } .skip { color: var(--dim); }
.status { font-weight: 600; white-space: nowrap; }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .5rem; margin: .75rem 0; }
.numbers div { background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .5rem .75rem; }
.numbers b { display: block; font-size: 1.2rem; font-variant-numeric: tabular-nums; }
article { background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .75rem; margin: .75rem 0; }
pre { margin: .5rem 0 0; font: .8rem/1.45 ui-monospace, monospace; white-space: pre-wrap; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); }
td:last-child { min-width: 12rem; }
summary { cursor: pointer; margin: .5rem 0; }
svg { display: block; width: 100%; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: var(--dim); }
.grid { stroke: var(--line); } .axis { stroke: var(--dim); }
.curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
.one { stroke: var(--one); } .two { stroke: var(--two); } .three { stroke: var(--three); stroke-dasharray: 4 3; }
.bar { fill: var(--one); }
svg .legend { fill: var(--text); }
@media (max-width: 40rem) { svg text { font-size: 19px; } td:last-child { min-width: 10rem; } }
@media print {
  :root { color-scheme: light; --text: #000; --dim: #444; --back: #fff; --card: #fff; --line: #bbb; --pass: #1a7f37; --warn: #8a5a00; --fail: #c4232d; --one: #0969da; --two: #bc4c00; --three: #6e7781; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  article, svg, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  details::details-content { content-visibility: visible; }
}
`
