import { afterAll, beforeAll, describe } from '@jest/globals';
import { createSourceBench } from './source-bench.ts';
import type { SourceUnderTest } from './source-bench.ts';
import { bucketCases } from './source-buckets.contract.ts';
import { countingCases } from './source-counting.contract.ts';
import { gaugeCases } from './source-gauge.contract.ts';
import { historyCases } from './source-history.contract.ts';
import { recordedCases } from './source-recorded.contract.ts';

/** What every source must do; `start` is called once. */
export function describeSourceContract(name: string, start: () => Promise<SourceUnderTest>): void {
  describe(`the source contract on ${name}`, () => {
    let server: SourceUnderTest;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(async () => {
      await server[Symbol.asyncDispose]();
    });
    const bench = createSourceBench(() => server);
    countingCases(bench);
    gaugeCases(bench);
    historyCases(bench);
    bucketCases(bench);
    recordedCases(bench);
  });
}
