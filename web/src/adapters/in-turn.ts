/** One after the other, in the order of the calls; one that fails does not keep the next from its turn. */
export class InTurn {
  #before: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#before.then(work);
    this.#before = done.then(noted, noted); // told to whoever asked
    return done;
  }
}
const noted = (): void => undefined;
