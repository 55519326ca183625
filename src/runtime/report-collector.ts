import { type PipelineReport, pipelineReport } from './pipeline-report.ts';
import type { ThreadReport } from './thread-protocol.ts';
import type { Upkeep } from './upkeep.ts';

/** Asks the threads of a pipeline how they are. A thread that has died will not answer: `end` answers for it. */
export class ReportCollector {
  readonly #upkeep: Upkeep;
  readonly #answers = new Map<number, (report: ThreadReport) => void>();
  readonly #waiting = new Set<(report: PipelineReport) => void>();
  readonly #last: ThreadReport[] = [];
  #nextRequest = 0;

  constructor(upkeep: Upkeep) {
    this.#upkeep = upkeep;
  }

  /**
   * @param asks Each posts the question, with its number, to one thread.
   * @param answered Called when all have answered, before their reports are summed up.
   */
  async collect(
    asks: readonly ((request: number) => void)[],
    answered: () => void = () => undefined,
  ): Promise<PipelineReport> {
    const { promise, resolve } = Promise.withResolvers<PipelineReport>();
    this.#waiting.add(resolve);
    void Promise.all(asks.map((ask) => this.#ask(ask))).then((reports) => {
      answered();
      const report = pipelineReport(reports, this.#upkeep.counters);
      this.#upkeep.noteThreads(report.threads);
      resolve(report);
    });
    const report = await promise;
    this.#waiting.delete(resolve);
    return report;
  }

  hear(request: number, report: ThreadReport): void {
    this.#answers.get(request)?.(report);
    this.#answers.delete(request);
  }

  /** A thread's last words. */
  hearLast(report: ThreadReport): void {
    this.#last.push(report);
  }

  /** When both threads have ended: the sum of their last reports, also for whoever still waits. */
  end(): PipelineReport {
    const last = pipelineReport(this.#last, this.#upkeep.counters);
    for (const resolve of this.#waiting) resolve(last);
    return last;
  }

  #ask(post: (request: number) => void): Promise<ThreadReport> {
    const request = this.#nextRequest;
    this.#nextRequest += 1;
    const answer = Promise.withResolvers<ThreadReport>();
    this.#answers.set(request, answer.resolve);
    post(request);
    return answer.promise;
  }
}
