/** The page at `/incidents/{id}`. Links are relative, so that they hold below a proxy's path too. */
export const incidentPageTemplate = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{{#if current}}<meta http-equiv="refresh" content="30">{{/if}}
<title>{{title}} · Andon</title>
<style>{{style}}</style>
</head>
<body>
<header><h1>{{title}}</h1><span class="dim">{{times now}}</span>
<span class="dim"><a href="../">all services</a> · <a href="{{json}}">JSON</a></span></header>
{{#if remarks}}<div class="warnings" role="alert"><ul>{{#each remarks}}<li>{{times this}}</li>{{/each}}</ul></div>{{/if}}
<main>
{{#if unknownNow}}<h2>What keeps it open</h2>
<p class="dim">{{times unknownNow}}</p>{{/if}}
{{#if standing}}<h2>What keeps it open, as of <span class="when">{{times standing.at}}</span></h2>
<section class="card"><ul class="text">{{#each standing.reasons}}<li>{{times this}}</li>{{/each}}</ul>
{{#if standing.held}}<div class="scroll"><table><tbody>
{{#each standing.held}}<tr><td class="narrow"><span class="tag {{verdict}}">{{verdict}}</span></td><td>{{times text}}</td></tr>
{{/each}}</tbody></table></div>{{/if}}
{{#each standing.budgetsSpent}}<p>{{times this}}</p>{{/each}}</section>{{/if}}
<section class="card">
<div class="head"><span class="tag {{severity}}">{{severity}}</span><span class="tag">{{phase}}</span><code>{{id}}</code>
{{#if runbook}}<a href="{{runbook}}" rel="noreferrer">runbook</a>{{/if}}
{{#if dashboard}}<a href="{{dashboard}}" rel="noreferrer">dashboard</a>{{/if}}</div>
<div class="scroll"><table><tbody>
{{#each facts}}<tr><th scope="row">{{name}}</th><td class="text">{{times value}}</td></tr>
{{/each}}</tbody></table></div></section>
{{#if gate}}<h2>What the gate of {{service}} says</h2>
<section class="card"><div class="head"><span class="tag {{gate.tone}}">{{gate.label}}</span><span class="text">{{times gate.words}}</span></div>
{{#if gate.others}}<ul>{{#each gate.others}}<li class="text"><span class="{{tone}}">{{state}}</span>: {{times words}}</li>{{/each}}</ul>{{/if}}
{{#each gate.freezes}}<p class="text">{{times text}}</p>{{/each}}
{{#if open}}<p class="dim">The change that mends it passes: <code>andon gate {{service}} --change CHANGE --remedies {{id}} --reason TEXT</code></p>{{/if}}</section>{{/if}}
{{#if open}}<h2>Acknowledge</h2>
<section class="card"><p>On a terminal: <code>andon incidents acknowledge {{id}}</code></p>
<p>By the API: <code>POST {{acknowledgePath}}</code> with <code>{"by": "your name"}</code></p></section>{{/if}}
<h2>Targets, as recorded at <span class="when">{{times verdictsAt}}</span></h2>
{{#if targets}}<section class="card scroll"><table><tbody>
{{#each targets}}<tr><td class="narrow"><span class="tag {{verdict}}">{{verdict}}</span></td><td>{{times text}}</td></tr>
{{/each}}</tbody></table></section>
{{else}}<p class="dim">None.</p>{{/if}}
<h2>Timeline</h2>
<section class="card scroll"><table class="timeline">
<thead><tr><th>At</th><th class="when">Since onset</th><th>What</th><th>Details</th></tr></thead><tbody>
{{#each timeline}}<tr><td class="when">{{times at}}</td><td>{{sinceOnset}}</td><td class="when">{{type}}</td><td class="text">{{times detail}}</td></tr>
{{/each}}</tbody></table></section>
</main>
</body>
</html>
`;

/** What `/incidents/{id}` answers for an id that nothing is kept of. */
export const missingIncidentTemplate = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>No such incident · Andon</title>
<style>{{style}}</style>
</head>
<body>
<header><h1>No such incident</h1><span class="dim"><a href="../">all services</a></span></header>
<main><section class="card"><p>No incident <code>{{id}}</code> is kept.</p>
<p class="dim">{{hint}}</p></section></main>
</body>
</html>
`;
