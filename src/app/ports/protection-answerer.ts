import type { SendResult } from './channel.ts';

/** What a deployment tool is told about a deployment that waits. */
export interface ProtectionReply {
  readonly callbackUrl: string;
  readonly installation: number;
  readonly environment: string;
  /** Absent: it goes on waiting, and the comment says why. */
  readonly state?: 'approved' | 'rejected';
  /** Markdown, for people; at most 1,024 characters. */
  readonly comment: string;
}

/** Tells a deployment tool whether a deployment that waits may go on. */
export interface ProtectionAnswerer {
  /** How long a deployment may wait for the gate, ms. */
  readonly waitAtMostMs: number;
  /** Whether answers may go to this URL. */
  mayCall(url: string): boolean;
  /** Tells it once. Does not reject. */
  answer(reply: ProtectionReply, signal: AbortSignal): Promise<SendResult>;
}
