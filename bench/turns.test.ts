import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

/** Records each step of each task, and gives way between the steps. */
async function runSteps(tasks: Readonly<Record<string, number>>, fails = ''): Promise<string[]> {
  const said: string[] = [];
  const turns = new Turns();
  await Promise.all(
    Object.entries(tasks).map(([name, steps]) =>
      turns
        .run(async (giveWay) => {
          for (let step = 1; step <= steps; step += 1) {
            if (step > 1) await giveWay();
            said.push(`${name}${step} begins`);
            await new Promise(setImmediate);
            if (name === fails) throw new Error(name);
            said.push(`${name}${step} ends`);
          }
        })
        .catch((error: unknown) => said.push(String(error))),
    ),
  );
  return said;
}

function stepsOf(...steps: readonly string[]): string[] {
  return steps.flatMap((step) => [`${step} begins`, `${step} ends`]);
}

test('tasks that give way go on in turn, one at a time', async () => {
  expect(await runSteps({ a: 2, b: 3, c: 1 })).toEqual(stepsOf('a1', 'b1', 'c1', 'a2', 'b2', 'b3'));
});

test('a task that gives no way is done before the next one begins', async () => {
  expect(await runSteps({ a: 1, b: 1 })).toEqual(stepsOf('a1', 'b1'));
});

test('a task that fails passes its turn on', async () => {
  expect(await runSteps({ a: 2, b: 2 }, 'a')).toEqual(['a1 begins', 'Error: a', ...stepsOf('b1', 'b2')]);
});
