// Runs in Azurite's process before Azurite does.
import Module from "node:module";

// Azurite does not look for its parent; its standard input closes when the parent is gone.
process.stdin.on("end", () => process.kill(process.pid, "SIGTERM")).resume();
process.stdin.unref();

// Three quarters of its start is loading what would send telemetry, which is turned off.
const load = Module._load;
Module._load = (name, ...rest) => (name === "applicationinsights" ? {} : load(name, ...rest));
