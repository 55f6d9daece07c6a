/** The page at `/`. */
export const statusPageTemplate = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="15">
<title>Andon</title>
<style>{{style}}</style>
</head>
<body>
<header><h1>Andon</h1><span class="dim">{{version}} · {{times now}}</span>
<span class="dim"><a href="api/v1/status">status</a> · <a href="metrics">metrics</a> · <a href="api/v1/openapi.json">API</a></span></header>
{{#if warnings}}<div class="warnings" role="alert"><ul>{{#each warnings}}<li>{{times this}}</li>{{/each}}</ul></div>{{/if}}
<main>
<h2>Open incidents</h2>
{{#if incidents}}<section class="card scroll"><table class="rows">
<thead><tr><th>Severity</th><th>Incident</th><th>Where</th><th>Phase</th><th>Since</th><th>Acknowledged by</th><th>Runbook</th></tr></thead>
<tbody>{{#each incidents}}<tr><td><span class="tag {{severity}}">{{severity}}</span></td>
<td class="main"><a href="{{link}}">{{title}}</a><div class="dim">{{id}}</div></td><td data-head="where">{{scope}}</td><td data-head="phase">{{phase}}{{#if quiet}}<div class="unknown text">{{quiet}}</div>{{/if}}</td>
<td data-head="since">{{age}}<div class="dim">{{times since}}</div></td><td data-head="acknowledged by">{{acknowledgedBy}}{{#if firstAcknowledgedBy}}<div class="dim">{{firstAcknowledgedBy}}</div>{{/if}}</td>
<td>{{#if runbook}}<a href="{{runbook}}" rel="noreferrer">runbook</a>{{/if}}</td></tr>
{{/each}}</tbody></table></section>
{{else}}<p class="dim">None.</p>{{/if}}
{{#if watched}}<h2>Back, and watched for a relapse</h2>
<section class="card scroll"><table class="rows">
<thead><tr><th>Severity</th><th>Incident</th><th>Where</th><th>Was off for</th><th>Back for</th><th>Acknowledged by</th></tr></thead>
<tbody>{{#each watched}}<tr><td><span class="tag held">{{severity}}</span></td>
<td class="main"><a href="{{link}}">{{title}}</a><div class="dim">{{id}}</div></td><td data-head="where">{{scope}}{{#if quiet}}<div class="unknown text">{{quiet}}</div>{{/if}}</td><td data-head="was off for">{{offFor}}</td>
<td data-head="back for">{{back}}<div class="dim">{{times backSince}}</div></td><td data-head="acknowledged by">{{acknowledgedBy}}{{#if firstAcknowledgedBy}}<div class="dim">{{firstAcknowledgedBy}}</div>{{/if}}</td></tr>
{{/each}}</tbody></table></section>{{/if}}
{{#if silences}}<h2>Silences</h2>
<section class="card"><ul>{{#each silences}}<li class="text">{{#if soon}}<span class="tag missed">pages soon</span> {{/if}}{{times text}}
<span class="dim">end it: <code>andon silence end {{id}} --reason TEXT</code></span></li>{{/each}}</ul></section>{{/if}}
<h2>Services</h2>
{{#each services}}<section class="card" id="{{name}}">
<div class="head"><h3>{{name}}</h3>{{#if owner}}<span class="dim">{{owner}}</span>{{/if}}<span class="dim">{{times lastPoll}}</span>
{{#if runbook}}<a class="dim" href="{{runbook}}" rel="noreferrer">runbook</a>{{/if}}
{{#if dashboard}}<a class="dim" href="{{dashboard}}" rel="noreferrer">dashboard</a>{{/if}}</div>
<p>{{endState}}</p>
{{#if problems}}<ul class="unknown">{{#each problems}}<li>{{times this}}</li>{{/each}}</ul>{{/if}}
{{#if gate}}<div class="scope"><div class="head"><span class="tag {{gate.tone}}">{{gate.label}}</span><span class="text">{{times gate.words}}</span></div>
{{#if gate.others}}<ul>{{#each gate.others}}<li class="text"><span class="{{tone}}">{{state}}</span>: {{times words}}</li>{{/each}}</ul>{{/if}}
{{#each gate.freezes}}<p class="text">{{times text}} <span class="dim">lift it: <code>andon lift {{id}} --reason TEXT</code></span></p>{{/each}}
{{#each gate.overrides}}<p class="text">{{times text}} <span class="dim">end it: <code>andon end-override {{id}} --reason TEXT</code></span></p>{{/each}}</div>{{/if}}
{{#if shadows}}<ul class="dim">{{#each shadows}}<li class="text">{{times this}}</li>{{/each}}</ul>{{/if}}
{{#each scopes}}<div class="scope">
<div class="head"><span class="tag {{#if unseen}}unknown{{else}}{{line}}{{/if}}">line {{line}}{{#if unseen}}, unseen{{/if}}</span>{{#if group}}<code>{{group}}</code>{{/if}}
{{#each rules}}<span class="{{state}}">{{rule}}: {{times words}}</span>{{/each}}
{{#if incident}}<a href="{{incident}}">{{incidentId}}</a>{{/if}}</div>
<div class="scroll"><table class="rows">
<thead><tr><th>Target</th><th>Now</th><th>Bound</th><th>Window</th><th>Verdict</th></tr></thead>
<tbody>{{#each targets}}<tr><td class="main">{{signal}}</td><td data-head="now">{{value}}{{#if detail}}<div class="dim">{{times detail}}</div>{{/if}}</td>
<td>{{bound}}</td><td data-head="window">{{window}}</td><td><span class="tag {{verdict}}">{{verdict}}</span></td></tr>
{{/each}}</tbody></table></div></div>
{{/each}}
{{#if budgetsFrom}}<p class="dim">{{budgetsFrom}}</p>{{/if}}
{{#if budgets}}<div class="scroll"><table class="rows">
<thead><tr><th>Error budget</th><th>Objective</th><th>Left</th><th>Good so far</th><th>Burn rate</th><th>Lasts</th><th>Coverage</th></tr></thead>
<tbody>{{#each budgets}}<tr><td class="main">{{name}}</td><td data-head="objective">{{objective}}</td>
<td data-head="left"><span class="tag {{tone}}">{{left}}</span>{{#if excludedNow}}<div class="unknown text">{{times excludedNow}}</div>{{/if}}{{#if why}}<div class="dim">{{times why}}</div>{{/if}}{{#if estimated}}<div class="unknown text">{{estimated}}</div>{{/if}}</td>
<td data-head="good so far">{{success}}</td><td data-head="burn rate">{{burn}}</td><td data-head="lasts">{{lasts}}</td><td data-head="coverage">{{coverage}}{{#if known}}<div class="dim">{{known}}</div>{{/if}}</td></tr>
{{/each}}</tbody></table></div>{{/if}}
{{#if exclusions}}<p class="dim">Left out of the error budgets:</p><ul class="dim">{{#each exclusions}}<li class="text">{{times this}}</li>{{/each}}</ul>{{/if}}
</section>
{{else}}<p class="dim">No service is watched.</p>{{/each}}
</main>
</body>
</html>
`;
