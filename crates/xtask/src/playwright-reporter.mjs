// Prints, after Playwright's own list, the sums that `cargo xtask test` adds up.
export default class Sums {
  #suite;

  onBegin(_config, suite) {
    this.#suite = suite;
  }

  onEnd() {
    let passed = 0;
    let failed = 0;
    for (const test of this.#suite.allTests()) {
      const title = test.titlePath().filter(Boolean).join(" › ");
      if (test.outcome() === "skipped" && test.results.length > 0) {
        const note = test.annotations.find((annotation) => annotation.type === "skip" || annotation.type === "fixme");
        console.log(`[skip] ${title}\t${note?.description ?? "no reason given"}`);
      } else if (test.outcome() === "expected") {
        passed += 1;
      } else {
        // Unexpected, flaky, or never run because something before it broke.
        failed += 1;
      }
    }
    console.log(`[sums] ${passed} passed, ${failed} failed`);
  }

  printsToStdio() {
    return true;
  }
}
