/** A deployment that waits at a deployment tool until the gate has said go or abort. */
export interface Protection {
  /** Names the question: asked again under the same id, it is the same question. */
  readonly id: string;
  readonly service: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly environment: string;
  /** What asks: the tool's id of the deployment. */
  readonly deployment: string;
  readonly sha?: string;
  readonly ref?: string;
  /** Where the answer goes. */
  readonly callbackUrl: string;
  /** The App's installation in whose name it is given. */
  readonly installation: number;
  /** ms since the epoch on Andon's clock. */
  readonly askedAt: number;
  /** From then on `wait` counts as no, ms since the epoch on Andon's clock. */
  readonly waitUntil: number;
}

/**
 * How a question ended: what was said; `waited-too-long`: rejected, since the gate said neither go nor abort in time;
 * `refused`: the tool will not take an answer, for instance because somebody has cancelled the deployment.
 */
export const protectionResults = ['approved', 'rejected', 'waited-too-long', 'refused'] as const;
export type ProtectionResult = (typeof protectionResults)[number];

export type ProtectionEvent =
  | (Omit<Protection, 'id' | 'askedAt'> & {
      readonly type: 'protection-asked';
      readonly protectionId: string;
      /** ms since the epoch on Andon's clock. */
      readonly at: number;
    })
  | {
      readonly type: 'protection-answered';
      readonly protectionId: string;
      readonly service: string;
      /** ms since the epoch on Andon's clock. */
      readonly at: number;
      readonly result: ProtectionResult;
      /** Why the gate said so: one of its reasons. */
      readonly reason: string;
      /** What was said, or why the tool refused it. */
      readonly words: string;
    };
