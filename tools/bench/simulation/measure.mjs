// One process of bench/simulation: runs the first seeds of a profile again and again and prints how fast time went.
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';

const [bundle, profile, seeds] = process.argv.slice(2);
const { runSeed } = createRequire(import.meta.url)(bundle);
const ROUNDS = 4;

async function round() {
  const [startedMs, before] = [performance.now(), process.cpuUsage()];
  let simulatedMs = 0;
  let events = 0;
  for (let seed = 1; seed <= Number(seeds); seed += 1) {
    const report = await runSeed(profile, seed);
    simulatedMs += report.simulatedMs;
    events += report.events;
  }
  const { user, system } = process.cpuUsage(before);
  const processorMs = (user + system) / 1000;
  return {
    wall: simulatedMs / (performance.now() - startedMs),
    processor: simulatedMs / processorMs,
    messages: events / processorMs,
  };
}

const rounds = [];
for (let done = 0; done < ROUNDS; done += 1) rounds.push(await round());
const [cold, ...warm] = rounds;
const median = (of) => warm.map(of).toSorted((left, right) => left - right)[warm.length >> 1];
console.log(
  `${median(({ wall }) => wall).toFixed(0)} of wall clock, ${median(({ processor }) => processor).toFixed(0)} of ` +
    `processor time (${cold.processor.toFixed(0)} in the first round), ` +
    `${median(({ messages }) => messages).toFixed(1)} thousand messages per second`,
);
