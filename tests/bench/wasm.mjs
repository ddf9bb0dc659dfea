// The same work as the native benches, compiled to wasm: node wasm.mjs MODULE engine RUNS CONNECTIONS MEBIBYTES
// or node wasm.mjs MODULE sim RUNS SEEKS SIZE…
import { readFile } from "node:fs/promises";
import { performance } from "node:perf_hooks";

const [, , path, what, ...rest] = process.argv;
const numbers = rest.map(Number);
const { instance } = await WebAssembly.instantiate(await readFile(path), {});
const engine = instance.exports;

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

function seconds(work) {
  const start = performance.now();
  const answer = work();
  return [(performance.now() - start) / 1000, answer];
}

function compare(name, runs, ours, peer, rate) {
  const [mine, theirs, ratios] = [[], [], []];
  let segments = [0, 0];
  for (let run = 0; run <= runs; run += 1) {
    const [a, mySegments] = seconds(ours);
    const [b, theirSegments] = seconds(peer);
    segments = [mySegments, theirSegments];
    // The first pair only warms up.
    if (run === 0) continue;
    mine.push(a);
    theirs.push(b);
    ratios.push(b / a);
  }
  console.log(name);
  for (const [who, times, count] of [["ours   ", mine, segments[0]], ["smoltcp", theirs, segments[1]]]) {
    console.log(`  ${who}  ${median(times).toFixed(3)} s  ${rate(median(times))}  ${count} segments`);
  }
  console.log(`  ratio    ${median(ratios).toFixed(2)} (median of ${runs} pairs)`);
}

if (what === "engine") {
  const [runs = 5, connections = 200_000, mebibytes = 512] = numbers;
  const node = `wasm in Node ${process.versions.node}`;
  compare(
    `whole connections, ${node} (bar: at least 1.5)`,
    runs,
    () => engine.connections_ours(connections),
    () => engine.connections_peer(connections),
    (time) => `${Math.round(connections / time)} connections/s`,
  );
  compare(
    `bulk transfer, ${node} (aim: at least 1.0)`,
    runs,
    () => engine.bulk_ours(mebibytes),
    () => engine.bulk_peer(mebibytes),
    (time) => `${Math.round(mebibytes / time)} MiB/s`,
  );
} else {
  const [runs = 5, seeks = 2000, ...given] = numbers;
  const sizes = given.length > 0 ? given : [1_000, 10_000, 100_000, 1_000_000];
  console.log(`recording and seeking, wasm in Node ${process.versions.node} (median of ${runs} recordings, ${seeks} seeks)`);
  console.log("   records  records/s   seek mean ms    p99    worst (bar 16.7)");
  for (const size of sizes) {
    const times = [];
    let records = 0;
    for (let run = 0; run < runs; run += 1) {
      const [time, count] = seconds(() => engine.record(size));
      times.push(time);
      records = count;
    }
    const latencies = [];
    let state = 0x2545f491;
    for (let index = 0; index < seeks; index += 1) {
      // The same row of instants as natively.
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      latencies.push(seconds(() => engine.seek((state >>> 0) % 1_000_001))[0] * 1000);
    }
    latencies.sort((a, b) => a - b);
    const mean = latencies.reduce((sum, value) => sum + value, 0) / seeks;
    const column = (value, width, digits) => value.toFixed(digits).padStart(width);
    console.log(
      [
        column(records, 10, 0),
        column(records / median(times), 10, 0),
        column(mean, 14, 3),
        column(latencies[Math.min(seeks - 1, Math.floor((seeks * 99) / 100))], 6, 2),
        column(latencies[seeks - 1], 8, 2),
      ].join(" "),
    );
  }
}
