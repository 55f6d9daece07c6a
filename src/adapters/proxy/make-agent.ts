import type { Agent } from 'node:http';
import { AbsoluteFormAgent } from './absolute-form-agent.ts';
import type { ConnectionWishes, ProxyEnd } from './proxy-end.ts';
import { TunnelAgent, type TargetTls } from './tunnel-agent.ts';

/** An agent for targets of one scheme. This module brings the libraries along, which few that run Andon need. */
export function makeAgent(
  scheme: 'http:' | 'https:',
  end: ProxyEnd,
  wishes: ConnectionWishes,
  target: TargetTls,
): Agent {
  return scheme === 'https:' ? new TunnelAgent(end, wishes, target) : new AbsoluteFormAgent(end, wishes);
}
