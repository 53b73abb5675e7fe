/**
 * One thing after another: whatever reads state, changes it and saves it runs alone, so that no two changes are based
 * on the same state. A failure ends its own task only.
 */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task, task);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
