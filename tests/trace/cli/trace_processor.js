// Perfetto's trace processor, as its own page runs it, behind standard input and output: node trace_processor.js FOLDER
//
// The page has it in a worker, which is a bundle of scripts and a file of WebAssembly beside it. Here the worker's world
// is made of what it asks for. Requests and answers are those of Perfetto's protocol (trace_processor.proto,
// TraceProcessorRpcStream), byte for byte.
"use strict";
const fs = require("fs");
const path = require("path");
const vm = require("vm");

const folder = process.argv[2];

class FileRequest {
  open(_, name) {
    this.name = path.join(folder, path.basename(name));
  }
  send() {
    this.response = fs.readFileSync(this.name);
  }
}

function writeAll(data) {
  for (let at = 0; at < data.length; ) at += fs.writeSync(1, data, at);
}

const worker = { location: { href: "file:///engine_bundle.js" } };
const world = vm.createContext({
  self: worker, WorkerGlobalScope: Object, XMLHttpRequest: FileRequest, URL, TextDecoder, TextEncoder, crypto, performance,
  setTimeout, console: new console.Console(process.stderr),
});
vm.runInContext(fs.readFileSync(path.join(folder, "engine_bundle.js"), "utf8"), world);
const WorldsBytes = vm.runInContext("Uint8Array", world);

const port = { postMessage: writeAll };
worker.onmessage({ data: port });
// The engine is ready when what it has promised itself is kept: requests are read after that.
setTimeout(() => process.stdin.on("data", (chunk) => port.onmessage({ data: new WorldsBytes(chunk) })), 0);
