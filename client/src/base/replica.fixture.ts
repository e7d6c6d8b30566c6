import { plainOutlet, quick } from "../test/plain-outlet.ts";

/** One replica of an app in a process of its own: `replica.fixture.ts <dataDir> <endpoint>`. */
const [dataDir = "", endpoint = ""] = process.argv.slice(2);
const log = { info() {}, warn() {}, error() {} };
const { outlet } = plainOutlet(endpoint, { dataDir, log, tuning: quick });
outlet.open({ base: true, detailed: false });
setTimeout(() => void outlet.close(1_000), 300);
