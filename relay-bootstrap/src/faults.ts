/** An error that the operator can mend: its message is one sentence that says what is wrong and what to do. */
export class OperatorError extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = "OperatorError";
  }
}
