import { argocdHook } from './argocd.ts';
import { cdEventsHook } from './cdevents.ts';
import { flaggerHook } from './flagger.ts';
import { githubHook } from './github.ts';
import type { Hook } from './hook.ts';
import { pagerdutyHook } from './pagerduty.ts';

/** Every tool that may tell of changes by its own webhooks; the compiler has held each to its own body. */
export const allHooks = [
  githubHook,
  flaggerHook,
  argocdHook,
  cdEventsHook,
  pagerdutyHook,
] as unknown as readonly Hook[];
