export const pageStyle = `
:root { color-scheme: light dark; --good: light-dark(#14713d, #5fd68f); --bad: light-dark(#b3261e, #ff8a80);
  --dim: light-dark(#5c6370, #9aa3b2); --edge: light-dark(#d9dde3, #353b45); --card: light-dark(#fff, #1b1f26);
  --warn: light-dark(#8a5300, #ffc067); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; font: 16px/1.5 system-ui, sans-serif;
  background: light-dark(#f5f6f8, #111419); color: light-dark(#1c2128, #e4e8ee); }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1rem; }
h1 { margin: 0; font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; } h3 { font-size: 1.05rem; margin: 0; }
a { color: inherit; } .dim, th { color: var(--dim); } .dim { font-size: .875rem; }
section.card, .warnings { background: var(--card); border: 1px solid var(--edge); border-radius: .5rem; padding: 1rem; margin: .75rem 0; }
.warnings { border-left: .3rem solid var(--warn); }
.head { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; } th, td { text-align: left; padding: .25rem .75rem .25rem 0; vertical-align: top; }
th { font-weight: 500; } td { border-top: 1px solid var(--edge); font-variant-numeric: tabular-nums; }
.tag { display: inline-block; padding: 0 .5rem; border-radius: 1rem; border: 1px solid currentColor; font-size: .8125rem; font-weight: 600; white-space: nowrap; }
.moving, .held { color: var(--good); } .stopped, .missed, .page, .firing { color: var(--bad); } .unknown, .pending, .ticket { color: var(--warn); }
.scope { margin-top: .75rem; } p { margin: .25rem 0; } ul { margin: .25rem 0; padding-left: 1.25rem; }
`;

export const pageTemplate = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="15">
<title>Andon</title>
<style>{{style}}</style>
</head>
<body>
<header><h1>Andon</h1><span class="dim">{{version}} · {{now}}</span>
<span class="dim"><a href="api/v1/status">status</a> · <a href="metrics">metrics</a> · <a href="api/v1/openapi.json">API</a></span></header>
{{#if warnings}}<div class="warnings" role="alert"><ul>{{#each warnings}}<li>{{this}}</li>{{/each}}</ul></div>{{/if}}
<main>
<h2>Open incidents</h2>
{{#if incidents}}<section class="card scroll"><table>
<thead><tr><th>Severity</th><th>Incident</th><th>Where</th><th>Phase</th><th>Since</th><th>Acknowledged by</th><th>Runbook</th></tr></thead>
<tbody>{{#each incidents}}<tr><td><span class="tag {{severity}}">{{severity}}</span></td>
<td><a href="{{link}}">{{title}}</a><div class="dim">{{id}}</div></td><td>{{scope}}</td><td>{{phase}}</td>
<td>{{age}}<div class="dim">{{since}}</div></td><td>{{acknowledgedBy}}</td>
<td>{{#if runbook}}<a href="{{runbook}}" rel="noreferrer">runbook</a>{{/if}}</td></tr>
{{/each}}</tbody></table></section>
{{else}}<p class="dim">None.</p>{{/if}}
<h2>Services</h2>
{{#each services}}<section class="card">
<div class="head"><h3>{{name}}</h3>{{#if owner}}<span class="dim">{{owner}}</span>{{/if}}<span class="dim">{{lastPoll}}</span>
{{#if runbook}}<a class="dim" href="{{runbook}}" rel="noreferrer">runbook</a>{{/if}}</div>
<p>{{endState}}</p>
{{#if problems}}<ul class="unknown">{{#each problems}}<li>{{this}}</li>{{/each}}</ul>{{/if}}
{{#each scopes}}<div class="scope">
<div class="head"><span class="tag {{line}}">line {{line}}</span>{{#if group}}<code>{{group}}</code>{{/if}}
{{#each rules}}<span class="{{state}}">{{rule}}: {{state}}</span>{{/each}}
{{#if incident}}<a href="{{incident}}">{{incidentId}}</a>{{/if}}</div>
<div class="scroll"><table>
<thead><tr><th>Target</th><th>Now</th><th>Bound</th><th>Window</th><th>Verdict</th></tr></thead>
<tbody>{{#each targets}}<tr><td>{{signal}}</td><td>{{value}}{{#if detail}}<div class="dim">{{detail}}</div>{{/if}}</td>
<td>{{bound}}</td><td>{{window}}</td><td><span class="tag {{verdict}}">{{verdict}}</span></td></tr>
{{/each}}</tbody></table></div></div>
{{/each}}</section>
{{else}}<p class="dim">No service is watched.</p>{{/each}}
</main>
</body>
</html>
`;
