import { expect, test, vi } from 'vitest';
import { type JobResult, RetryQueue, type RetryQueueOptions } from '../../src/link/retry-queue.ts';

/** A queue whose jobs end when the test says how. */
function queue(options: Partial<RetryQueueOptions<string>> = {}) {
  const begun: string[] = [];
  const ends: ((result: JobResult) => void)[] = [];
  let signal: AbortSignal | null = null;
  const outdated: AbortSignal[] = [];
  const jobs = new RetryQueue<string>({
    run: (job, given, early) => {
      begun.push(job);
      signal = given;
      outdated.push(early);
      return new Promise((resolve) => ends.push(resolve));
    },
    firstRetryMs: 1,
    longestRetryMs: 4,
    ...options,
  });
  const end = (result: JobResult): void => ends.shift()?.(result);
  const until = (count: number) => vi.waitFor(() => expect(begun).toHaveLength(count), 20_000);
  return { jobs, begun, end, until, signal: () => signal, outdated };
}

test('one job runs at a time, in the order of their coming', async () => {
  const { jobs, begun, end, until } = queue();
  jobs.offer('a', 'a1');
  jobs.offer('b', 'b1');
  await until(1);
  end('done');
  await until(2);
  expect(begun).toEqual(['a1', 'b1']);
});

test('of jobs of one key that wait, the newest counts', async () => {
  const { jobs, begun, end, until } = queue();
  jobs.offer('a', 'a1');
  await until(1);
  jobs.offer('a', 'a2');
  jobs.offer('a', 'a3');
  end('done');
  await until(2);
  expect(begun).toEqual(['a1', 'a3']);
});

test('a job that failed for now is tried again until it is done', async () => {
  const { jobs, begun, end, until } = queue();
  jobs.offer('a', 'a1');
  for (let attempt = 1; attempt <= 6; attempt += 1) {
    await until(attempt);
    end(attempt === 6 ? 'done' : 'try-again');
  }
  jobs.offer('b', 'b1');
  await until(7);
  expect(begun.filter((job) => job === 'a1')).toHaveLength(6);
});

test('a job that failed for now does not come back over a newer one', async () => {
  const { jobs, begun, end, until } = queue();
  jobs.offer('a', 'a1');
  await until(1);
  jobs.offer('a', 'a2');
  end('try-again');
  await until(2);
  end('done');
  jobs.offer('b', 'b1');
  await until(3);
  expect(begun).toEqual(['a1', 'a2', 'b1']);
});

test('closing tells the running job, waits for it, and starts no other', async () => {
  const { jobs, begun, end, until, signal } = queue();
  jobs.offer('a', 'a1');
  await until(1);
  jobs.offer('b', 'b1');
  const closed = jobs.close();
  expect(signal()?.aborted).toBe(true);
  jobs.offer('c', 'c1');
  end('try-again');
  await closed;
  expect(begun).toEqual(['a1']);
});

test('so many jobs run at once, and never two of one key', async () => {
  const { jobs, begun, end, until } = queue({ atOnce: 2 });
  for (const job of ['a1', 'b1', 'c1']) jobs.offer(job.slice(0, 1), job);
  await until(2);
  jobs.offer('a', 'a2');
  end('done');
  await until(3);
  end('done');
  await until(4);
  expect(begun).toEqual(['a1', 'b1', 'c1', 'a2']);
});

test('a job that is outdated is told so, and the one that takes its place is not', async () => {
  const { jobs, begun, end, until, outdated } = queue({ outdates: (next, than) => next > than });
  jobs.offer('a', 'a1');
  await until(1);
  jobs.offer('a', 'a1');
  expect(outdated[0]?.aborted).toBe(false);
  jobs.offer('a', 'a2');
  expect(outdated[0]?.aborted).toBe(true);
  end('done');
  await until(2);
  jobs.offer('a', 'a3');
  expect(outdated[1]?.aborted).toBe(false);
  end('done');
  await until(3);
  // Now something has been finished.
  jobs.offer('a', 'a4');
  expect(outdated[2]?.aborted).toBe(true);
  expect(begun).toEqual(['a1', 'a2', 'a3']);
});

test('a job that is outdated before it begins is not begun, and takes nobody’s place', async () => {
  const { jobs, begun, end, until } = queue({ outdates: (next, than) => next > than });
  jobs.offer('a', 'a5');
  jobs.offer('a', 'a4');
  await until(1);
  end('try-again');
  jobs.offer('a', 'a4');
  await until(2);
  expect(begun).toEqual(['a5', 'a5']);
});
