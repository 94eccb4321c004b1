#!/usr/bin/env node
// Reads {"query": …} lines from standard input; writes {"accepts": …, "message": …} for each: the syntax alone, as
// Microsoft's parser sees it. Names and types are not looked at.
//
//   npm install --prefix FOLDER PATH/TO/tools/kql_oracle/package.json's dependency
//   node parse.js FOLDER/node_modules < queries.ndjson
"use strict";

const fs = require("fs");
const path = require("path");
const readline = require("readline");
const vm = require("vm");

// The package is made for browsers: its files define globals.
const folder = path.join(process.argv[2] || "node_modules", "@kusto", "language-service-next");
for (const file of ["bridge.min.js", "Kusto.Language.Bridge.min.js"]) {
  vm.runInThisContext(fs.readFileSync(path.join(folder, file), "utf8"), file);
}

function firstError(query) {
  // KustoCode.GetSyntaxDiagnostics() is always empty in this build; the tree has them.
  const diagnostics = Kusto.Language.KustoCode.Parse(query).Syntax.GetContainedSyntaxDiagnostics();
  return diagnostics.Count > 0 ? diagnostics.getItem(0) : null;
}

readline.createInterface({input: process.stdin, crlfDelay: Infinity}).on("line", (line) => {
  if (line === "") return;
  let error = null;
  try {
    error = firstError(JSON.parse(line).query);
  } catch (failure) {
    error = {Message: "the parser failed: " + failure.message, Start: 0};
  }
  const result = {accepts: error === null};
  if (error !== null) Object.assign(result, {message: error.Message, offset: error.Start});
  process.stdout.write(JSON.stringify(result) + "\n");
});
