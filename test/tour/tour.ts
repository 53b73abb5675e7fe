/**
 * The steps of a tour: each does something as a person would, asserts what is to be seen then, and leaves a picture. A
 * step that fails is told and the tour goes on. Not here: what the steps are.
 */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import type { Person } from "../browser/people.ts";
import { rest } from "../browser/rest.ts";
import { type Step, writeIndex } from "./report.ts";

const FOLDER = join(import.meta.dirname, "../../dist/tour");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export class Tour {
  readonly steps: Step[] = [];
  /** What axe found, each with its step. */
  readonly axe: string[] = [];
  readonly #began = performance.now();
  readonly #heard: string[];

  /** `heard`: what pages say on the console; told where a step fails. */
  constructor(heard: string[]) {
    this.#heard = heard;
    rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(FOLDER, { recursive: true });
  }

  /**
   * `work` ends at what the picture is to show, and may give a text for the caption; `whose` says of which person, as
   * they come and go.
   */
  async step(
    rows: readonly number[],
    caption: string,
    whose: () => Person | undefined,
    work: () => Promise<unknown>,
  ): Promise<void> {
    const began = performance.now();
    const picture = `${String(this.steps.length + 1).padStart(2, "0")}.png`;
    const step: Step = { rows, caption, picture, seconds: 0 };
    this.#heard.length = 0;
    try {
      const more = await work();
      if (typeof more === "string") step.caption += `: ${more}`;
    } catch (error) {
      step.failed = stripVTControlCharacters(error instanceof Error ? error.message : String(error));
    }
    const page = whose()?.page;
    try {
      if (page && !page.isClosed()) await this.#look(page, step);
    } catch (error) {
      step.failed ??= `no picture: ${String(error)}`;
    }
    step.seconds = (performance.now() - began) / 1000;
    this.steps.push(step);
    this.#tell(step);
  }

  async #look(page: Page, step: Step): Promise<void> {
    await rest(page);
    await page.screenshot({ path: join(FOLDER, step.picture) });
    if (step.failed !== undefined) return;
    const { violations } = await new AxeBuilder({ page }).withTags(RULES).setLegacyMode().analyze();
    for (const { id, nodes } of violations) {
      for (const { target } of nodes) this.axe.push(`${step.picture}: ${id} at ${target.join(" ")}`);
    }
  }

  #tell({ rows, caption, picture, seconds, failed }: Step): void {
    const sign = failed === undefined ? "ok  " : "FAIL";
    console.log(`${sign} ${picture} [${rows.join(", ")}] ${caption} (${seconds.toFixed(1)} s)`);
    if (failed === undefined) return;
    for (const text of [failed, ...this.#heard]) console.log(text.replace(/^/gm, "       "));
  }

  /** Writes the report, prints the last line; true where all was as it should be. */
  end(faults: readonly string[]): boolean {
    writeIndex(FOLDER, this.steps);
    for (const fault of [...this.axe, ...faults]) console.log(`fault ${fault}`);
    const rows = [...new Set(this.steps.flatMap((step) => step.rows))].sort((a, b) => a - b);
    const failed = this.steps.filter((step) => step.failed !== undefined).length;
    const seconds = Math.round((performance.now() - this.#began) / 1000);
    const { length: steps } = this.steps;
    console.log(JSON.stringify({ steps, rows, failed, axe: this.axe.length, faults: faults.length, seconds }));
    return failed === 0 && this.axe.length === 0 && faults.length === 0;
  }
}
