// Runs a Map of items that do nothing in aws-local-stepfunctions, and prints the seconds of each round as JSON.
// Usage: node inline_map.js PACKAGE_FOLDER DEFINITION INPUT ROUNDS
const [folder, definition, input, rounds] = process.argv.slice(2);
const { StateMachine } = require(folder);
const { readFileSync } = require("node:fs");

async function main() {
  const machine = new StateMachine(JSON.parse(readFileSync(definition, "utf8")));
  const data = JSON.parse(readFileSync(input, "utf8"));
  const seconds = [];
  for (let round = 0; round < Number(rounds); round++) {
    const began = performance.now();
    const result = await machine.run(data).result;
    seconds.push((performance.now() - began) / 1000);
    if (result.length !== data.items.length) throw new Error(`${result.length} results`);
  }
  console.log(JSON.stringify(seconds));
}

main();
