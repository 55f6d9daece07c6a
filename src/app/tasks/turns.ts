/** Runs tasks one after the other, in the order in which they were given; one that fails keeps nobody back. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Rejects as the task does. */
  take<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(task);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
